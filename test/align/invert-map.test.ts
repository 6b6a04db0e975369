import { describe, expect, it } from "vitest";
import {
  applyMap,
  computeMoments,
  fitLeastSquares,
  fitProcrustes,
  fitRidge,
  invertMap,
  truncate,
  zeroPad,
  type Moments,
} from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose } from "../close.js";
import { cloudPair, multiply, transposed } from "../synthetic.js";

const engine = await chooseEngine();
const pair = cloudPair({ seed: 1, count: 80, source: 6, target: 6, noise: 0.5 });
const moments = await computeMoments(pair.source, pair.target, pair.identities, { engine });

describe("invertMap", () => {
  it("gives the transpose of a rotation", async () => {
    const map = await fitProcrustes(moments, { engine });
    const back = await invertMap(map, { engine });
    expectClose(back.weights.data, transposed(map.weights).data, conditioned(1e3));
    expect(back).toMatchObject({ name: "procrustes-inverse", rank: 6, engine: engine.name });
    expect(back.identities).toEqual(map.identities);
  });

  it("brings mapped rows back where W has an inverse, and records whose inverse it is", async () => {
    const map = await fitRidge(moments, { ratio: 1e-3, engine });
    const back = await invertMap(map, { engine });
    const mapped = await applyMap(map, pair.source, { frame: "raw", engine });
    const returned = await applyMap(back, mapped, { frame: "raw", engine });
    expectClose(returned.data, pair.source.data, { ...conditioned(1), absolute: 1e-5 });
    expectClose(back.sourceMean, map.targetMean, exact);
    expectClose(back.targetMean, map.sourceMean, exact);
    expect(back).toMatchObject({ lambda: map.lambda, effectiveDf: null, objective: "pseudo-inverse of: ‖S W − T‖² + λ‖W‖², λ given" });
    expect(Object.isFrozen(back)).toBe(true);
  });

  it.each([
    [9, 5],
    [5, 9],
  ])("is the pseudo-inverse when the widths differ (%i → %i)", async (source, target) => {
    const wide = cloudPair({ seed: 2, count: 80, source, target, noise: 0.5 });
    const map = await fitLeastSquares(await computeMoments(wide.source, wide.target, wide.identities, { engine }), { engine });
    const back = await invertMap(map, { engine });
    expect([back.sourceDimension, back.targetDimension, back.rank]).toEqual([target, source, 5]);
    expectClose(multiply(multiply(map.weights, back.weights), map.weights).data, map.weights.data, conditioned(1e3));
    expectClose(multiply(multiply(back.weights, map.weights), back.weights).data, back.weights.data, conditioned(1e3));
    const projector = multiply(map.weights, back.weights);
    expectClose(transposed(projector).data, projector.data, { ...conditioned(1e3), absolute: 1e-12 });
  });

  it("leaves directions out that W all but drops", async () => {
    const weights = matrix64(2, 2, Float64Array.of(2, 0, 0, 1e-7));
    const small = cloudPair({ seed: 3, count: 8, source: 2, target: 2 });
    const map = { ...zeroPad(await computeMoments(small.source, small.target, small.identities, { engine })), weights };
    const back = await invertMap(map, { engine });
    expectClose(back.weights.data, [0.5, 0, 0, 0], { ...conditioned(10), absolute: 1e-15 });
    expect(back.rank).toBe(1);
  });

  it("refuses maps that lead elsewhere, and weights that are zero", async () => {
    const narrow = cloudPair({ seed: 4, count: 8, source: 2, target: 3 });
    const widening: Moments = await computeMoments(narrow.source, narrow.target, narrow.identities, { engine });
    await expect(invertMap(truncate(widening), { engine })).rejects.toThrow(
      new ValueError("invertMap: truncate compares source and target in a third space; only a map into the target's has a way back"),
    );
    await expect(invertMap({ ...zeroPad(widening), weights: matrix64(2, 3) }, { engine })).rejects.toThrow(
      new ValueError("invertMap: the weights of zero-pad are zero; nothing leads back"),
    );
  });
});
