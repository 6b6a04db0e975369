import { describe, expect, it } from "vitest";
import {
  applyMap,
  computeMoments,
  describeByAnchors,
  fitDiagonalScale,
  fitLeastSquares,
  fitLinear,
  fitLowRank,
  fitLowRankPath,
  fitProcrustes,
  placeTargets,
  type Moments,
} from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, takeRows, toFloat32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo, rounding32 } from "../close.js";
import { congruentialRows, gaussian, multiply, transposed } from "../synthetic.js";
import { dot, made, meanCosineOf, names, residual, unrelated } from "./fitted.js";

const engine = await chooseEngine();
/** The target was rounded to float32. */
const madeInFloat32 = { ...conditioned(1), absolute: 1e-5 };

describe("fitLinear", () => {
  it("undoes a linear map, and is not least squares where there is an offset", async () => {
    const source = congruentialRows(3, 60, 5);
    const weights = gaussian(5, 4, createRandom(1));
    const shifted = source.data.map((value) => value + 0.25);
    const target = multiply(matrix64(60, 5, shifted), weights);
    const moments = await computeMoments(toFloat32(matrix64(60, 5, shifted)), toFloat32(target), names(60), { engine });
    const map = await fitLinear(moments, { engine });
    expectClose(map.weights.data, weights.data, madeInFloat32);
    expect(map).toMatchObject({ name: "linear", parameterCount: 20, effectiveDf: 5, rank: 4, lambda: null });
    expectClose([...map.sourceMean, ...map.targetMean], new Array<number>(9).fill(0), exact);
    const moved = await computeMoments(toFloat32(source), toFloat32(target), names(60), { engine });
    const linear = await fitLinear(moved, { engine });
    expect(Math.max(...linear.weights.data.map((value, k) => Math.abs(value - weights.data[k])))).toBeGreaterThan(0.01);
  });

  it("is worked out by hand for two points", async () => {
    // x = 1, 2 and y = 3, 4: w = Σxy / Σx² = 11/5.
    const moments = await computeMoments(matrix32(2, 1, Float32Array.of(1, 2)), matrix32(2, 1, Float32Array.of(3, 4)), ["a", "b"], {
      engine,
    });
    expectCloseTo((await fitLinear(moments, { engine })).weights.data[0], 2.2, conditioned(10));
  });
});

describe("fitLowRank", () => {
  it("undoes a map of low rank, and is least squares at full rank", async () => {
    const random = createRandom(5);
    const source = gaussian(80, 8, random);
    const weights = multiply(gaussian(8, 3, random), gaussian(3, 6, random));
    const moments = await computeMoments(toFloat32(source), toFloat32(multiply(source, weights)), names(80), { engine });
    const map = await fitLowRank(moments, { rank: 3, engine });
    expectClose(map.weights.data, weights.data, madeInFloat32);
    expect(map).toMatchObject({ name: "low-rank", rank: 3, parameterCount: 3 * 11 + 6, effectiveDf: null, engine: engine.name });
    const { moments: noisy } = await made({ seed: 1, count: 60, source: 7, target: 5, noise: 1 });
    const full = await fitLowRank(noisy, { rank: 5, engine });
    expectClose(full.weights.data, (await fitLeastSquares(noisy, { engine })).weights.data, conditioned(1e4));
  });

  it("has the error that theory gives: of least squares, and the squares of the singular values left out", async () => {
    const { moments } = await made({ seed: 2, count: 60, source: 7, target: 5, noise: 1 });
    const leastSquares = await fitLeastSquares(moments, { engine });
    const fitted = multiply(multiply(transposed(leastSquares.weights), moments.source.gram), leastSquares.weights);
    const { values } = await engine.eigh(fitted);
    for (let rank = 1; rank <= 5; rank++) {
      const left = values.slice(rank).reduce((sum, value) => sum + value, 0);
      const { weights } = await fitLowRank(moments, { rank, engine });
      expectCloseTo(residual(moments, weights.data), residual(moments, leastSquares.weights.data) + left, conditioned(1e4));
    }
  });

  it("refuses a rank that there is not, and pairs without any relation", async () => {
    const { moments } = await made({ seed: 2, count: 60, source: 7, target: 5 });
    for (const rank of [0, 6, 1.5, NaN]) {
      await expect(fitLowRank(moments, { rank, engine })).rejects.toThrow(
        new ValueError(`fitLowRank: rank is ${rank}; it must be a whole number from 1 to 5, the rank of least squares`),
      );
    }
    await expect(fitLowRank(unrelated, { rank: 1, engine })).rejects.toThrow(
      new ValueError("fitLowRank: the cross-Gram of 4 pairs is zero; source and target rows must be paired and differ"),
    );
  });
});

describe("fitLowRankPath", () => {
  it("chooses the rank whose map has the largest mean centred cosine on the tune rows", async () => {
    const { pair } = await made({ seed: 9, count: 80, source: 20, target: 10, noise: 1 });
    const part = (first: number): { source: Matrix32; target: Matrix32 } => {
      const rows = Array.from({ length: 40 }, (_, i) => first + i);
      return { source: takeRows(pair.source, rows), target: takeRows(pair.target, rows) };
    };
    const [train, tune] = [part(0), part(40)];
    const moments = await computeMoments(train.source, train.target, names(40), { engine });
    const { map, path } = await fitLowRankPath(moments, tune, { engine });
    expect(path.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { rank, cosine } of path.filter(({ rank: one }) => one % 3 === 1)) {
      const direct = await fitLowRank(moments, { rank, engine });
      expectCloseTo(cosine, await meanCosineOf(direct, tune), { ...conditioned(1), absolute: 1e-6 });
    }
    expect(map.rank).toBe(path.reduce((best, entry) => (entry.cosine > best.cosine ? entry : best)).rank);
  });

  it("refuses tune rows that do not fit", async () => {
    const { pair, moments } = await made({ seed: 9, count: 20, source: 4, target: 3 });
    const { source, target } = pair;
    await expect(fitLowRankPath(moments, { source: target, target: source }, { engine })).rejects.toThrow(
      new ShapeError("fitLowRankPath: got tune rows of 20 × 3 and 20 × 4; they must be paired and of widths 4 and 3"),
    );
  });
});

describe("fitDiagonalScale", () => {
  it("undoes a rotation with a scale for each coordinate when the source is white", async () => {
    const { moments: white } = await made({ seed: 7, count: 60, source: 5, target: 5 });
    const { vectors } = await engine.eigh(white.source.gram);
    // A cloud whose Gram is the unit matrix, and its target R D.
    const identity = matrix64(
      5,
      5,
      Float64Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? 1 : 0)),
    );
    const weights = vectors.data.map((value, k) => value * (1 + (k % 5)));
    const moments: Moments = { ...white, source: { ...white.source, gram: identity, energy: 5 }, cross: matrix64(5, 5, weights) };
    const map = await fitDiagonalScale(moments, { engine });
    expectClose(map.weights.data, weights, conditioned(1e3));
    expect(map.parameterCount).toBe(10 + 5 + 5);
  });

  it("has the least error of all scales for its rotation", async () => {
    for (const [source, target] of [
      [6, 6],
      [8, 5],
      [5, 8],
    ]) {
      const { moments } = await made({ seed: 8, count: 80, source, target, noise: 0.5 });
      const { weights } = await fitDiagonalScale(moments, { engine });
      const best = residual(moments, weights.data);
      expect(best).toBeLessThan(residual(moments, (await fitProcrustes(moments, { engine })).weights.data));
      for (const column of [0, target - 1]) {
        for (const change of [0.99, 1.01]) {
          const changed = weights.data.map((value, k) => (k % target === column ? value * change : value));
          expect(residual(moments, changed)).toBeGreaterThan(best);
        }
      }
    }
  });

  it("keeps coordinates that the rotation leaves empty", async () => {
    const { pair } = await made({ seed: 9, count: 40, source: 3, target: 3 });
    const flat = matrix32(
      40,
      3,
      pair.target.data.map((value, k) => (k % 3 === 1 ? 0.5 : value)),
    );
    const map = await fitDiagonalScale(await computeMoments(pair.source, flat, pair.identities, { engine }), { engine });
    expect(map.weights.data.every(Number.isFinite)).toBe(true);
    expectClose(
      [1, 4, 7].map((k) => map.weights.data[k]),
      [0, 0, 0],
      { ...conditioned(1), absolute: 1e-12 },
    );
  });
});

describe("describeByAnchors", () => {
  it("gives each row its cosines to the anchors, but for its own length", async () => {
    const { pair, moments } = await made({ seed: 10, count: 30, source: 4, target: 6, noise: 0.5 });
    const map = describeByAnchors(moments, pair, { anchorCount: 3 });
    expect(map).toMatchObject({ name: "relative", engine: null, rank: 3, parameterCount: 6, objective: "none; cosines to 3 anchors" });
    const described = await applyMap(map, pair.source, { engine });
    const placed = await placeTargets(map, pair.target, { engine });
    for (const [rows, mean, result] of [
      [pair.source, moments.source.mean, described],
      [pair.target, moments.target.mean, placed],
    ] as const) {
      const centred = Array.from({ length: 30 }, (_, i) => mean.map((value, j) => rows.data[i * rows.columns + j] - value));
      const expected = centred.flatMap((row) =>
        [0, 10, 20].map((anchor) => dot(row, centred[anchor]) / Math.sqrt(dot(centred[anchor], centred[anchor]))),
      );
      expectClose(result.data, expected, rounding32);
    }
  });

  it("takes all rows when there are fewer than anchors, and agrees on rotated clouds", async () => {
    const { pair, moments } = await made({ seed: 11, count: 30, source: 5, target: 5 });
    const map = describeByAnchors(moments, pair);
    expect(map.weights.columns).toBe(30);
    const described = await applyMap(map, pair.source, { engine });
    expectClose(described.data, (await placeTargets(map, pair.target, { engine })).data, madeInFloat32);
  });

  it("refuses rows of other moments, no anchors, and anchors without direction", async () => {
    const { pair, moments } = await made({ seed: 12, count: 12, source: 2, target: 3 });
    const { source, target } = pair;
    expect(() => describeByAnchors(moments, { source: takeRows(source, [0]), target })).toThrow(
      new ShapeError("describeByAnchors: got training rows of 1 × 2 and 12 × 3; the moments are of 12 pairs of widths 2 and 3"),
    );
    for (const anchorCount of [0, 2.5]) {
      expect(() => describeByAnchors(moments, pair, { anchorCount })).toThrow(
        new ValueError(`describeByAnchors: anchorCount is ${anchorCount}; it must be a whole number from 1 on`),
      );
    }
    const centred = { ...moments, target: { ...moments.target, mean: Float64Array.from(target.data.subarray(18, 21)) } };
    expect(() => describeByAnchors(centred, pair)).toThrow(
      new ValueError("describeByAnchors: training row 6 is the mean of its cloud; it has no direction, so leave it out"),
    );
  });
});
