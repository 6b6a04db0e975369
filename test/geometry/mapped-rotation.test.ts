import { describe, expect, it } from "vitest";
import { computeMoments, fitLeastSquares, fitProcrustes, truncate, zeroPad } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { describeMap, measureMappedRotation } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { made } from "../align/fitted.js";
import { algebra, expectCloseTo } from "../close.js";
import { multiply, orthonormal } from "../synthetic.js";

const engine = await chooseEngine();
const energyOf = ({ data }: Matrix64): number => data.reduce((sum, value) => sum + value * value, 0);
const scaled = ({ rows, columns, data }: Matrix64, factor: number): Matrix64 =>
  matrix64(rows, columns, data.map((value) => value * factor)); // prettier-ignore

describe("measureMappedRotation", () => {
  it.each([
    [5, 5],
    [5, 7],
    [7, 5],
  ])("is what is left over of the rows themselves (%i → %i)", async (source, target) => {
    const { pair, moments } = await made({ seed: 1, count: 60, source, target, noise: 1 });
    const map = await fitLeastSquares(moments, { engine });
    const { scale, share } = await measureMappedRotation(map, moments.source, { engine });

    const { mean, gram } = moments.source;
    const rows = matrix64(
      60,
      source,
      Float64Array.from(pair.source.data, (value, k) => value - mean[k % source]),
    );
    const mapped = multiply(rows, map.weights);
    const { factor } = await engine.polar(multiply(gram, map.weights));
    const leftOver = (factorScale: number): number => {
      const turned = scaled(multiply(rows, factor), factorScale);
      return energyOf(matrix64(60, target, mapped.data.map((value, k) => value - turned.data[k]))) / energyOf(mapped); // prettier-ignore
    };
    expectCloseTo(1 - share, leftOver(scale), { ...algebra, absolute: 1e-9 });
    expect(Math.min(leftOver(1.05 * scale), leftOver(0.95 * scale))).toBeGreaterThan(leftOver(scale));
  });

  it("sees the rotation of a map that stretches where the cloud has next to nothing", async () => {
    const random = createRandom(2);
    const widths = [3, 2, 1, 1e-4];
    const data = Float32Array.from({ length: 400 }, (_, k) => widths[k % 4] * random.normal());
    const rows = matrix32(100, 4, data);
    const moments = await computeMoments(rows, rows, Array.from({ length: 100 }, (_, i) => `made/${i}`), { engine }); // prettier-ignore
    const stretch = matrix64(4, 4, Float64Array.of(2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 40));
    const map = { ...(await fitProcrustes(moments, { engine })), weights: multiply(stretch, orthonormal(4, 4, random)) };
    const { scale, share } = await measureMappedRotation(map, moments.source, { engine });
    expect([share > 0.9999, Math.abs(scale - 2) < 1e-3]).toEqual([true, true]);
    expect((await describeMap(map, { engine })).explained.scaledRotation).toBeLessThan(0.4);
  });

  it("refuses a cloud of another network, and maps that leave nothing or lead elsewhere", async () => {
    const { moments } = await made({ seed: 3, count: 8, source: 2, target: 3 });
    await expect(measureMappedRotation(zeroPad(moments), moments.target, { engine })).rejects.toThrow(
      new ShapeError("measureMappedRotation: got a cloud of width 3; zero-pad starts from 2, so pass its source's"),
    );
    const nothing = { ...zeroPad(moments), weights: matrix64(2, 3) };
    await expect(measureMappedRotation(nothing, moments.source, { engine })).rejects.toThrow(
      new ValueError("measureMappedRotation: zero-pad takes all rows of the cloud to one point; nothing is left to compare"),
    );
    await expect(measureMappedRotation(truncate(moments), moments.source, { engine })).rejects.toThrow(
      new ValueError("measureMappedRotation: truncate compares source and target in a third space; choose a map into the target's"),
    );
  });
});
