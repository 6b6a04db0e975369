import { describe, expect, it } from "vitest";
import {
  computeMoments,
  fitLeastSquares,
  fitLinear,
  fitProcrustes,
  fitRidge,
  measureFit,
  truncate,
  zeroPad,
} from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, expectClose, expectCloseTo } from "../close.js";
import { made, meanCosineOf, residual } from "./fitted.js";

const engine = await chooseEngine();

describe("measureFit", () => {
  it("is worked out by hand for two pairs on a line", async () => {
    const rows = { source: matrix32(2, 1, Float32Array.of(-1, 1)), target: matrix32(2, 1, Float32Array.of(-3, 3)) };
    const map = zeroPad(await computeMoments(rows.source, rows.target, ["a", "b"], { engine }));
    // Errors 2 and 2 of targets of length 3.
    expect(await measureFit(map, rows, { engine })).toEqual({ residual: 8 / 18, cosine: 1 });
    const opposed = { ...rows, target: matrix32(2, 1, Float32Array.of(1, -1)) };
    expect(await measureFit(map, opposed, { engine })).toEqual({ residual: 4, cosine: -1 });
  });

  it("is one minus R², and the cosine of what is scored, over several blocks", async () => {
    const { pair, moments } = await made({ seed: 1, count: 2100, source: 5, target: 4, noise: 0.5 });
    const map = await fitLeastSquares(moments, { engine });
    const { residual: share, cosine } = await measureFit(map, pair, { engine });
    expectCloseTo(share, residual(moments, map.weights.data) / moments.target.energy, conditioned(1e4));
    expectCloseTo(cosine, await meanCosineOf(map, pair), { ...conditioned(1), absolute: 1e-6 });
    const narrowed = truncate(moments);
    expectCloseTo((await measureFit(narrowed, pair, { engine })).cosine, await meanCosineOf(narrowed, pair), {
      ...conditioned(1),
      absolute: 1e-6,
    });
  });

  it("refuses rows that do not fit, that are none, that are not finite, or that are all the mean", async () => {
    const { pair, moments } = await made({ seed: 2, count: 8, source: 3, target: 2 });
    const map = zeroPad(moments);
    await expect(measureFit(map, { source: pair.target, target: pair.source }, { engine })).rejects.toThrow(
      new ShapeError("measureFit: got rows of 8 × 2 and 8 × 3; they must be paired and of widths 3 and 2"),
    );
    await expect(measureFit(map, { ...pair, source: takeRows(pair.source, [0]) }, { engine })).rejects.toThrow(
      /got rows of 1 × 3 and 8 × 2/,
    );
    await expect(measureFit(map, { source: matrix32(0, 3), target: matrix32(0, 2) }, { engine })).rejects.toThrow(
      new ValueError("measureFit: got no rows; pass at least one pair"),
    );
    for (const side of ["source", "target"] as const) {
      const spoiled = { rows: 8, columns: pair[side].columns, data: pair[side].data.map((value, k) => (k === 0 ? NaN : value)) };
      await expect(measureFit(map, { ...pair, [side]: spoiled }, { engine })).rejects.toThrow(
        `measureFit: ${side}: row 0, column 0 is NaN; every value must be finite`,
      );
    }
    const centred = { ...map, targetMean: new Float64Array(2) };
    await expect(measureFit(centred, { ...pair, target: matrix32(8, 2) }, { engine })).rejects.toThrow(
      new ValueError("measureFit: every target row is the training mean; pass rows that differ from it"),
    );
  });
});

describe("what a fit records", () => {
  it("is the condition of the centred source, which a penalty lessens", async () => {
    const { moments } = await made({ seed: 3, count: 40, source: 6, target: 3, noise: 1 });
    const { values } = await engine.eigh(moments.source.gram);
    const [largest, smallest] = [values[0], values[5]];
    const condition = Math.sqrt(largest / smallest);
    for (const fit of [fitLeastSquares, fitProcrustes]) {
      expectCloseTo((await fit(moments, { engine })).condition!, condition, conditioned(1e4));
    }
    const ridge = await fitRidge(moments, { ratio: 0.5, engine });
    expectCloseTo(ridge.condition!, Math.sqrt((largest + ridge.lambda!) / (smallest + ridge.lambda!)), conditioned(1e4));
  });

  it("is no residual where all targets are equal, and none below zero where the fit is exact", async () => {
    const { pair, moments } = await made({ seed: 4, count: 6, source: 8, target: 3 });
    expect((await fitLeastSquares(moments, { engine })).trainResidual).toBeLessThan(1e-12);
    const flat = await computeMoments(pair.source, matrix32(6, 1, new Float32Array(6).fill(2)), pair.identities, { engine });
    const map = await fitLeastSquares(flat, { engine });
    expect(map.trainResidual).toBeNull();
    expectClose(map.weights.data, new Float64Array(8), conditioned(1));
  });

  it("is of rows about the origin where no mean is taken off", async () => {
    const { pair, moments } = await made({ seed: 5, count: 40, source: 6, target: 3, noise: 1 });
    const map = await fitLinear(moments, { engine });
    expect(map.frame).toBe("raw");
    const { residual: share } = await measureFit(map, pair, { engine });
    expectCloseTo(map.trainResidual!, share, conditioned(1e3));
  });
});
