import { describe, expect, it } from "vitest";
import {
  applyMap,
  computeMoments,
  fitLeastSquares,
  fitProcrustes,
  fitRidge,
  fitRidgePath,
  lambdaRatios,
  liveDirections,
  reverseMoments,
} from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo } from "../close.js";
import { cloudPair, multiply, transposed, type CloudPairOptions } from "../synthetic.js";
import { made, meanCosineOf, residual, unrelated } from "./fitted.js";

const engine = await chooseEngine();
/** The target was rounded to float32. */
const madeInFloat32 = { ...conditioned(1), absolute: 1e-6 };

describe.each([1, 2, 3])("a known map (seed %i)", (seed) => {
  it("is undone by the rotation when the widths agree", async () => {
    const { pair, moments } = await made({ seed, count: 200, source: 12, target: 12 });
    const map = await fitProcrustes(moments, { engine });
    expectClose(map.weights.data, pair.weights.data, madeInFloat32);
    expectClose((await applyMap(map, pair.source, { frame: "raw", engine })).data, pair.target.data, { ...madeInFloat32, absolute: 1e-5 });
  });

  it("is undone by the rotation and by least squares from a narrower source", async () => {
    const { pair, moments } = await made({ seed, count: 200, source: 8, target: 12 });
    for (const map of [await fitProcrustes(moments, { engine }), await fitLeastSquares(moments, { engine })]) {
      expectClose(map.weights.data, pair.weights.data, madeInFloat32);
    }
  });

  it("is undone by least squares from a wider source", async () => {
    const { pair, moments } = await made({ seed, count: 200, source: 12, target: 8 });
    expectClose((await fitLeastSquares(moments, { engine })).weights.data, pair.weights.data, madeInFloat32);
  });

  it("is undone on what the source fills when that is a part of its space", async () => {
    const { pair, moments } = await made({ seed, count: 300, source: 20, target: 20, sourceRank: 7 });
    const directions = await liveDirections(moments.source, { engine });
    expect(directions.rank).toBe(7);
    const projector = multiply(directions.vectors, transposed(directions.vectors));
    const expected = multiply(projector, pair.weights);
    for (const map of [await fitProcrustes(moments, { engine }), await fitLeastSquares(moments, { engine })]) {
      expect(map.rank).toBe(7);
      expectClose(map.weights.data, expected.data, { ...madeInFloat32, absolute: 1e-5 });
    }
  });

  it("loses on noisy training rows to what was fitted to them", async () => {
    const { pair, moments } = await made({ seed, count: 100, source: 10, target: 10, noise: 0.5 });
    const truth = residual(moments, pair.weights.data);
    const rotation = residual(moments, (await fitProcrustes(moments, { engine })).weights.data);
    const leastSquares = residual(moments, (await fitLeastSquares(moments, { engine })).weights.data);
    expect(rotation).toBeLessThan(truth);
    expect(leastSquares).toBeLessThan(rotation);
  });

  it("leaves the residual that theory expects of least squares, noise² q (n − 1 − p)", async () => {
    const [n, p, q, noise] = [400, 10, 10, 0.5];
    const { moments } = await made({ seed, count: n, source: p, target: q, noise });
    const degrees = q * (n - 1 - p);
    const scaled = residual(moments, (await fitLeastSquares(moments, { engine })).weights.data) / (noise * noise * degrees);
    expectCloseTo(scaled, 1, { ...exact, absolute: 5 * Math.sqrt(2 / degrees) });
  });
});

describe("fitLeastSquares", () => {
  it("has a residual at right angles to the source", async () => {
    const { moments } = await made({ seed: 4, count: 80, source: 10, target: 6, noise: 1 });
    const map = await fitLeastSquares(moments, { engine });
    expectClose(multiply(moments.source.gram, map.weights).data, moments.cross.data, conditioned(1e4));
    expect([map.parameterCount, map.effectiveDf, map.rank, map.lambda]).toEqual([66, 10, 6, null]);
  });

  it("passes through every training pair when rows are fewer than columns", async () => {
    const { pair, moments } = await made({ seed: 5, count: 20, source: 64, target: 8, noise: 1 });
    const map = await fitLeastSquares(moments, { engine });
    expect([map.effectiveDf, map.rank]).toEqual([19, 8]);
    const mapped = await applyMap(map, pair.source, { frame: "raw", engine });
    expectClose(mapped.data, pair.target.data, { ...madeInFloat32, absolute: 1e-5 });
  });

  it("leaves directions out that float32 rounding made", async () => {
    const { pair } = await made({ seed: 6, count: 300, source: 6, target: 6 });
    const widened = matrix32(300, 7);
    for (let i = 0; i < 300; i++) {
      widened.data.set(pair.source.data.subarray(i * 6, (i + 1) * 6), i * 7);
      widened.data[i * 7 + 6] = pair.source.data[i * 6] * (1 + (i % 2 === 0 ? 1e-7 : -1e-7));
    }
    const map = await fitLeastSquares(await computeMoments(widened, pair.target, pair.identities, { engine }), { engine });
    expect(map.rank).toBe(6);
    expect(map.weights.data.every((value) => Math.abs(value) < 2)).toBe(true);
  });

  it("refuses a source whose rows are all equal", async () => {
    const { pair } = await made({ seed: 7, count: 20, source: 3, target: 3 });
    const moments = await computeMoments(matrix32(20, 3), pair.target, pair.identities, { engine });
    await expect(fitLeastSquares(moments, { engine })).rejects.toThrow(
      new ValueError("liveDirections: all 20 rows of the cloud are equal; a map needs rows that differ"),
    );
  });
});

describe("fitRidge", () => {
  it("tends to least squares as the penalty vanishes, and to zero as it grows", async () => {
    const { moments } = await made({ seed: 8, count: 80, source: 10, target: 6, noise: 1 });
    const leastSquares = await fitLeastSquares(moments, { engine });
    const weak = await fitRidge(moments, { ratio: 1e-13, engine });
    expectClose(weak.weights.data, leastSquares.weights.data, { ...conditioned(1e3), absolute: 1e-11 });
    const strong = await fitRidge(moments, { ratio: 1e12, engine });
    expect(Math.max(...strong.weights.data.map(Math.abs))).toBeLessThan(1e-11);
    expectCloseTo(weak.effectiveDf!, 10, conditioned(1e4));
    expect(strong.effectiveDf!).toBeLessThan(1e-10);
  });

  it("stores the penalty on the sum of squares and its share of tr(G)/p", async () => {
    const { moments } = await made({ seed: 8, count: 80, source: 10, target: 6, noise: 1 });
    const map = await fitRidge(moments, { ratio: 0.5, engine });
    expect(map.lambdaRatio).toBe(0.5);
    expectCloseTo(map.lambda!, (0.5 * moments.source.energy) / 10, conditioned(10));
  });

  it("refuses a ratio that is not above zero", async () => {
    const { moments } = await made({ seed: 8, count: 20, source: 3, target: 3 });
    for (const ratio of [0, -1, NaN, Infinity]) {
      await expect(fitRidge(moments, { ratio, engine })).rejects.toThrow(
        new ValueError(`fitRidge: ratio is ${ratio}; it must be above zero and finite, so use fitLeastSquares for no penalty`),
      );
    }
  });
});

describe("fitRidgePath", () => {
  it("walks 25 ratios from 1e-10 to 1e2, two a decade", () => {
    expect(lambdaRatios).toHaveLength(25);
    expect([lambdaRatios[0], lambdaRatios[2], lambdaRatios[24]]).toEqual([1e-10, 1e-9, 100]);
  });

  it("chooses the ratio whose map has the largest mean centred cosine on the tune rows", async () => {
    const { moments } = await made({ seed: 9, count: 40, source: 30, target: 10, noise: 1 });
    const held = cloudRows({ seed: 9, count: 80, source: 30, target: 10, noise: 1 }, 40);
    const { map, path } = await fitRidgePath(moments, held, { engine });
    expect(path.map((entry) => entry.ratio)).toEqual(lambdaRatios);
    for (const { ratio, cosine } of path.filter((_, i) => i % 6 === 0)) {
      const direct = await fitRidge(moments, { ratio, engine });
      expectCloseTo(cosine, await meanCosineOf(direct, held), { ...conditioned(1), absolute: 1e-6 });
    }
    expect(map.lambdaRatio).toBe(path.reduce((best, entry) => (entry.cosine > best.cosine ? entry : best)).ratio);
    expect(map.lambdaRatio!).toBeGreaterThan(1e-10);
    expectClose(map.weights.data, (await fitRidge(moments, { ratio: map.lambdaRatio!, engine })).weights.data, exact);
  });

  it("decides in float64 between penalties that float32 does not tell apart", async () => {
    const { moments } = await made({ seed: 9, count: 40, source: 30, target: 10, noise: 1 });
    const held = cloudRows({ seed: 9, count: 80, source: 30, target: 10, noise: 1 }, 40);
    const { map } = await fitRidgePath(moments, held, { engine });
    const close = Array.from({ length: 9 }, (_, i) => map.lambdaRatio! * (1 + (i - 4) * 1e-7));
    const { path } = await fitRidgePath(moments, held, { ratios: close, engine });
    const steps = path.slice(1).map(({ cosine }, i) => cosine - path[i].cosine);
    const slope = steps[0] > 0; // one way all along: as smooth as float64, far below what float32 resolves
    expect(steps.every((step) => step > 0 === slope && Math.abs(step) > 1e-12 && Math.abs(step) < 1e-7)).toBe(true);
  });

  it("chooses the same ratio for clouds of any scale", async () => {
    const shape = { count: 40, source: 30, target: 10, noise: 1, seed: 9 };
    const held = cloudRows({ ...shape, count: 80 }, 40);
    const { pair, moments } = await made(shape);
    const { map } = await fitRidgePath(moments, held, { engine });
    for (const scale of [1e-25, 1e25]) {
      const scaled = ({ rows, columns, data }: Matrix32): Matrix32 =>
        matrix32(
          rows,
          columns,
          data.map((value) => scale * value),
        );
      const people = Array.from({ length: 40 }, (_, i) => `made/${i}`);
      const tiny = await computeMoments(scaled(pair.source), scaled(pair.target), people, { engine });
      const found = await fitRidgePath(tiny, { source: scaled(held.source), target: scaled(held.target) }, { engine });
      expect(found.map.lambdaRatio).toBe(map.lambdaRatio);
    }
  });

  it("counts a tune row without direction as cosine 0", async () => {
    const { moments } = await made({ seed: 10, count: 40, source: 3, target: 3 });
    const atMean = { source: matrix32(1, 3, Float32Array.from(moments.source.mean)), target: matrix32(1, 3) };
    const zeroMean = { ...moments, source: { ...moments.source, mean: Float64Array.from(atMean.source.data) } };
    const { path } = await fitRidgePath(zeroMean, atMean, { ratios: [1], engine });
    expect(path).toEqual([{ ratio: 1, cosine: 0 }]);
  });

  it("refuses tune rows that do not fit, that are none, or that are not finite, and an empty path", async () => {
    const { pair, moments } = await made({ seed: 10, count: 40, source: 4, target: 3 });
    const { source, target } = pair;
    await expect(fitRidgePath(moments, { source: target, target: source }, { engine })).rejects.toThrow(
      new ShapeError("fitRidgePath: got tune rows of 40 × 3 and 40 × 4; they must be paired and of widths 4 and 3"),
    );
    await expect(fitRidgePath(moments, { source: matrix32(0, 4), target: matrix32(0, 3) }, { engine })).rejects.toThrow(
      new ValueError("fitRidgePath: got no tune rows; pass rows of identities outside the training part"),
    );
    await expect(fitRidgePath(moments, { source, target }, { ratios: [], engine })).rejects.toThrow(
      new ValueError("fitRidgePath: got no ratios; pass at least one"),
    );
    const spoiled = matrix32(40, 4, source.data.slice());
    spoiled.data[5] = NaN;
    await expect(fitRidgePath(moments, { source: spoiled, target }, { engine })).rejects.toThrow(
      /^fitRidgePath: tune source: row 1, column 1 is NaN; every value must be finite/,
    );
  });
});

describe("fitProcrustes", () => {
  it("gives the transpose in the other direction, from the same factor", async () => {
    const { moments } = await made({ seed: 11, count: 100, source: 9, target: 6, noise: 0.5 });
    const forth = await fitProcrustes(moments, { engine });
    const back = await fitProcrustes(reverseMoments(moments), { engine });
    expectClose(back.weights.data, transposed(forth.weights).data, exact);
    const fresh = await made({ seed: 11, count: 100, source: 9, target: 6, noise: 0.5 });
    const alone = await fitProcrustes(reverseMoments(fresh.moments), { engine });
    expectClose(alone.weights.data, back.weights.data, conditioned(1e4));
  });

  it("has an orthonormal smaller side", async () => {
    const { moments } = await made({ seed: 12, count: 100, source: 9, target: 6, noise: 0.5 });
    const { weights, parameterCount } = await fitProcrustes(moments, { engine });
    const unit = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 : 0));
    expectClose(multiply(transposed(weights), weights).data, unit, conditioned(100));
    expect(parameterCount).toBe(9 * 6 - 21 + 6);
  });

  it("fits the scale with the least error for its rotation", async () => {
    for (const [source, target] of [
      [8, 8],
      [8, 5],
    ]) {
      const { moments } = await made({ seed: 13, count: 100, source, target, noise: 0.5 });
      const plain = await fitProcrustes(moments, { engine });
      const scaled = await fitProcrustes(moments, { scale: true, engine });
      expect([plain.name, scaled.name]).toEqual(["procrustes", "procrustes-scaled"]);
      const best = residual(moments, scaled.weights.data);
      for (const change of [0.99, 1.01])
        expect(
          residual(
            moments,
            scaled.weights.data.map((value) => value * change),
          ),
        ).toBeGreaterThan(best);
      expect(best).toBeLessThan(residual(moments, plain.weights.data));
    }
  });

  it("refuses pairs without any relation", async () => {
    await expect(fitProcrustes(unrelated, { engine })).rejects.toThrow(
      new ValueError("fitProcrustes: the cross-Gram of 4 pairs is zero; source and target rows must be paired and differ"),
    );
  });
});

/** The last `count` rows of a pair of clouds. */
function cloudRows(options: CloudPairOptions, count: number): { source: Matrix32; target: Matrix32 } {
  const { source, target } = cloudPair(options);
  const indices = Array.from({ length: count }, (_, i) => source.rows - count + i);
  return { source: takeRows(source, indices), target: takeRows(target, indices) };
}
