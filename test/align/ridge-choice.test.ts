import { describe, expect, it } from "vitest";
import {
  addMoments,
  applyMap,
  computeFolds,
  computeMoments,
  fitRidge,
  fitRidgeFolds,
  fitRidgeLeaveOneOut,
  lambdaRatios,
  liveDirections,
  subtractMoments,
  type PairedRows,
} from "../../lib/align/index.js";
import { centreRows } from "../../lib/align/rows.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, takeRows } from "../../lib/core/matrix.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, exact, expectClose, expectCloseTo, scanned } from "../close.js";
import { cloudPair, congruentialRows, multiply, type CloudPair } from "../synthetic.js";
import { made } from "./fitted.js";

const engine = await chooseEngine();
const options = { seed: 1, count: 24, source: 6, target: 4, noise: 1 };
/** Rows are mapped in float32. */
const mappedInFloat32 = { ...conditioned(1), relative: 1e-6 };

describe("fitRidgeLeaveOneOut", () => {
  it.each([
    ["more rows than columns", { ...options, count: 260 }, 0.1],
    ["few rows, more than columns", options, 0.1],
    ["fewer rows than columns", { ...options, source: 40 }, 0.1],
    ["fewer rows than columns and next to no penalty", { ...options, source: 40 }, 1e-10],
    ["a source that fills half of its space", { ...options, sourceRank: 3 }, 1e-6],
  ])("has the error of fitting again without each row: %s", async (_, shape, ratio) => {
    const { pair, moments } = await made(shape);
    const { map, path } = await fitRidgeLeaveOneOut(moments, pair, { ratios: [ratio], engine });
    let sum = 0;
    for (let row = 0; row < pair.source.rows; row++) {
      const rest = await computeMoments(...without(pair, [row]), { engine });
      // λ of the whole is kept.
      const share = (map.lambda! * rest.source.mean.length) / rest.source.energy;
      sum += await squaredError(await fitRidge(rest, { ratio: share, engine }), only(pair, [row]));
    }
    expectCloseTo(path[0].error, sum / moments.target.energy, mappedInFloat32);
  });

  it.each([
    ["the map is next to exact", { count: 260, width: 6 }, 1, [1.0001e-10, 1e-10]],
    ["some rows have nearly all the leverage", { count: 260, width: 6 }, 300, [1e-7, 1.5e-7]],
    ["rows are few", { count: 12, width: 40 }, 1, [1e-10, 0.03]],
  ])("measures errors that the scan may not tell apart in float64: %s", async (_, { count, width }, farther, ratios) => {
    const pair = cloudPair({ ...options, count, source: width, noise: 1e-5 });
    const { source, target, identities } = pair;
    for (let k = 0; k < 2 * width; k++) source.data[k] *= farther;
    const moments = await computeMoments(source, target, identities, { engine });
    const { map, path } = await fitRidgeLeaveOneOut(moments, { source, target }, { ratios, engine });
    const errors = ratios.map(() => 0);
    for (let row = 0; row < count; row++) {
      const rest = await computeMoments(...without(pair, [row]), { engine });
      for (const [l, ratio] of ratios.entries()) {
        const share = (ratio * moments.source.energy) / rest.source.energy;
        const { weights, sourceMean, targetMean } = await fitRidge(rest, { ratio: share, engine });
        const centred = sourceMean.map((mean, j) => source.data[width * row + j] - mean);
        multiply(matrix64(1, width, centred), weights).data.forEach((value, j) => {
          errors[l] += (target.data[4 * row + j] - targetMean[j] - value) ** 2 / moments.target.energy;
        });
      }
    }
    expectClose(path.map(({ error }) => error), errors, { ...algebra, absolute: 0, relative: 1e-8 }); // prettier-ignore
    expect(map.lambdaRatio).toBe(ratios[errors[0] < errors[1] ? 0 : 1]);
  });

  it("has the errors of residuals over 1 − leverage where rows are too many to keep what was computed of them", async () => {
    const count = 70_000;
    const [wide, noise] = [congruentialRows(1, count, 128), congruentialRows(2, count, 2)];
    const source = matrix32(count, 128, Float32Array.from(wide.data));
    const target = matrix32(
      count,
      2,
      Float32Array.from(noise.data, (value, k) => value + wide.data[128 * (k >> 1) + (k & 1)]),
    );
    const people = Array.from({ length: count }, (_, i) => `made/${i}`);
    const moments = await computeMoments(source, target, people, { engine });
    const { map, path } = await fitRidgeLeaveOneOut(moments, { source, target }, { ratios: [1], engine });
    const { vectors, values } = await liveDirections(moments.source, { engine });
    const centred = await engine.product(centreRows(source, moments.source.mean, 0, count), vectors);
    const mapped = await engine.product(centreRows(source, moments.source.mean, 0, count), map.weights);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      let rest = 1 - 1 / count;
      for (let j = 0; j < 128; j++) rest -= centred.data[128 * i + j] ** 2 / (values[j] + map.lambda!);
      for (let j = 0; j < 2; j++) sum += ((target.data[2 * i + j] - moments.target.mean[j] - mapped.data[2 * i + j]) / rest) ** 2;
    }
    expectCloseTo(path[0].error, sum / moments.target.energy, scanned);
  });

  it("has the same errors for rows of any magnitude", async () => {
    const errorsOf = async (sourceScale: number, targetScale: number): Promise<number[]> => {
      const { source, target, identities } = cloudPair(options);
      const rows = {
        source: matrix32(
          source.rows,
          source.columns,
          source.data.map((value) => value * sourceScale),
        ),
        target: matrix32(
          target.rows,
          target.columns,
          target.data.map((value) => value * targetScale),
        ),
      };
      const { path } = await fitRidgeLeaveOneOut(await computeMoments(rows.source, rows.target, identities, { engine }), rows, { engine });
      return path.map(({ error }) => error);
    };
    const expected = await errorsOf(1, 1);
    expectClose(await errorsOf(2 ** 60, 2 ** -60), expected, scanned);
    expectClose(await errorsOf(2 ** -60, 2 ** 60), expected, scanned);
  });

  it("chooses the ratio of least error and says how", async () => {
    const { pair, moments } = await made({ ...options, count: 40, source: 30 });
    const { map, path } = await fitRidgeLeaveOneOut(moments, pair, { engine });
    expect(path.map(({ ratio }) => ratio)).toEqual(lambdaRatios);
    const least = path.reduce((best, entry) => (entry.error < best.error ? entry : best));
    expect(map).toMatchObject({
      name: "ridge-leave-one-out",
      lambdaRatio: least.ratio,
      objective: "‖S W − T‖² + λ‖W‖², λ by leave-one-out",
    });
    expect(least.ratio).toBeGreaterThan(1e-6);
    expectClose(map.weights.data, (await fitRidge(moments, { ratio: least.ratio, engine })).weights.data, exact);
  });

  it("does not depend on the order of the pairs, over several blocks", async () => {
    const pair = cloudPair({ ...options, count: 2100 });
    const order = permutation(2100, createRandom(2));
    const errorsOf = async ({ source, target }: PairedRows): Promise<number[]> => {
      const moments = await computeMoments(source, target, pair.identities, { engine });
      const { path } = await fitRidgeLeaveOneOut(moments, { source, target }, { engine });
      return path.map(({ error }) => error);
    };
    expectClose(await errorsOf(only(pair, order)), await errorsOf(pair), scanned);
  });

  it("shares what it summed over the source with the source's other targets", async () => {
    const { source, target, identities } = cloudPair(options);
    const other = cloudPair({ ...options, seed: 2 }).target;
    const moments = [
      await computeMoments(source, target, identities, { engine }),
      await computeMoments(source, other, identities, { engine }),
    ];
    const second = { ...moments[1], source: moments[0].source };
    await fitRidgeLeaveOneOut(moments[0], { source, target }, { engine });
    const shared = await fitRidgeLeaveOneOut(second, { source, target: other }, { engine });
    const alone = await fitRidgeLeaveOneOut(moments[1], { source: matrix32(24, 6, source.data.slice()), target: other }, { engine });
    expect(shared.path).toEqual(alone.path);
    const some = await fitRidgeLeaveOneOut(second, { source, target: other }, { ratios: [1, 0.1], engine });
    expect(some.path).toHaveLength(2);
  });

  it("sees less error than folds of identities: other images of the person stay in", async () => {
    const pair = cloudPair({ ...options, count: 120, source: 60, target: 20 });
    const moments = await computeMoments(pair.source, pair.target, pair.identities, { engine });
    const images = await fitRidgeLeaveOneOut(moments, pair, { engine });
    const people = await fitRidgeFolds(moments, await computeFolds(pair, pair.identities, { engine }), { engine });
    images.path.forEach(({ error }, i) => {
      if (lambdaRatios[i] >= 1e-2) expect(error).toBeLessThan(people.path[i].error);
    });
  });

  it("refuses rows of other moments, values that are not finite, and no ratios", async () => {
    const { pair, moments } = await made(options);
    const { source, target } = pair;
    await expect(fitRidgeLeaveOneOut(moments, only(pair, [0, 1, 2]), { engine })).rejects.toThrow(
      new ShapeError("fitRidgeLeaveOneOut: got training rows of 3 × 6 and 3 × 4; the moments are of 24 pairs of widths 6 and 4"),
    );
    const spoiled = matrix32(24, 6, source.data.slice());
    spoiled.data[7] = Infinity;
    await expect(fitRidgeLeaveOneOut(moments, { source: spoiled, target }, { engine })).rejects.toThrow(
      /^fitRidgeLeaveOneOut: source: row 1, column 1 is Infinity; every value must be finite/,
    );
    for (const shape of [options, { ...options, source: 40 }]) {
      const other = await made(shape);
      const broken = matrix32(24, 4, other.pair.target.data.slice());
      broken.data[9] = NaN;
      await expect(fitRidgeLeaveOneOut(other.moments, { source: other.pair.source, target: broken }, { engine })).rejects.toThrow(
        new ValueError(
          "fitRidgeLeaveOneOut: target: row 2, column 1 is NaN; every value must be finite, so leave that row out or embed it again",
        ),
      );
    }
    await expect(fitRidgeLeaveOneOut(moments, pair, { ratios: [], engine })).rejects.toThrow(
      new ValueError("fitRidgeLeaveOneOut: got no ratios; pass at least one"),
    );
    await expect(fitRidgeLeaveOneOut(moments, pair, { ratios: [1, -1], engine })).rejects.toThrow("fitRidge: ratio is -1;");
  });
});

describe("computeFolds", () => {
  it("deals people out, whole and evenly, whatever the order of the rows", async () => {
    const pair = cloudPair({ ...options, count: 88 });
    const folds = await computeFolds(pair, pair.identities, { foldCount: 4, engine });
    expect(folds.map(({ identities }) => identities.size)).toEqual([6, 6, 5, 5]);
    expect(folds.map(({ count }) => count)).toEqual([24, 24, 20, 20]);
    expect(new Set(folds.flatMap(({ identities }) => [...identities])).size).toBe(22);
    const order = permutation(88, createRandom(3));
    const names = Array.from(order, (i) => pair.identities[i]);
    const again = await computeFolds(only(pair, order), names, { foldCount: 4, engine });
    again.forEach(({ identities }, i) => {
      expect([...identities].sort()).toEqual([...folds[i].identities].sort());
    });
    const sum = folds.reduce(addMoments);
    expectClose(sum.cross.data, (await computeMoments(...without(pair, []), { engine })).cross.data, conditioned(1e4));
  });

  it("refuses fewer people than folds, and counts that disagree", async () => {
    const pair = cloudPair({ ...options, count: 12 });
    for (const foldCount of [4, 1, 2.5]) {
      await expect(computeFolds(pair, pair.identities, { foldCount, engine })).rejects.toThrow(
        new ValueError(`computeFolds: foldCount is ${foldCount}; it must be a whole number from 2 to 3, the number of identities`),
      );
    }
    const alone = pair.identities.map((_, row) => `made/${row}`);
    await expect(computeFolds(pair, alone, { foldCount: 12, engine })).rejects.toThrow(
      new ValueError("computeFolds: fold 0 of 12 has 1 row; moments need at least two, so ask for fewer folds"),
    );
    await expect(computeFolds(pair, ["a"], { engine })).rejects.toThrow(
      new ShapeError("computeFolds: got 12 source rows, 12 target rows and 1 identities; row i of each must be of the same image"),
    );
  });
});

describe("fitRidgeFolds", () => {
  it.each([
    ["more rows than columns", options],
    ["fewer rows than columns", { ...options, source: 40 }],
  ])("has the error of fitting again without each fold: %s", async (_, shape) => {
    const { pair, moments } = await made(shape);
    const folds = await computeFolds(pair, pair.identities, { foldCount: 3, engine });
    const { map, path } = await fitRidgeFolds(moments, folds, { ratios: [0.1], engine });
    let sum = 0;
    for (const { identities } of folds) {
      const held = pair.identities.flatMap((name, row) => (identities.has(name) ? [row] : []));
      const rest = await computeMoments(...without(pair, held), { engine });
      sum += await squaredError(await fitRidge(rest, { ratio: 0.1, engine }), only(pair, held));
    }
    expectCloseTo(path[0].error, sum / moments.target.energy, mappedInFloat32);
    expect(map).toMatchObject({ name: "ridge-folds", lambdaRatio: 0.1, objective: "‖S W − T‖² + λ‖W‖², λ by 3 folds of identities" });
    expectClose(map.weights.data, (await fitRidge(moments, { ratio: 0.1, engine })).weights.data, exact);
  });

  it("refuses folds that do not make up the whole", async () => {
    const { pair, moments } = await made(options);
    const folds = await computeFolds(pair, pair.identities, { foldCount: 3, engine });
    const text = (count: number, pairs: number, people: number): ValueError =>
      new ValueError(
        `fitRidgeFolds: got ${count} folds with ${pairs} pairs of ${people} people, and 24 pairs of 6 people in all; pass at least two folds that add up, nobody in two`,
      );
    await expect(fitRidgeFolds(moments, folds.slice(1), { engine })).rejects.toThrow(text(2, 16, 4));
    await expect(fitRidgeFolds(moments, [moments], { engine })).rejects.toThrow(text(1, 24, 6));
    await expect(fitRidgeFolds(moments, [folds[0], folds[0], folds[1]], { engine })).rejects.toThrow(text(3, 24, 6));
    await expect(fitRidgeFolds(subtractMoments(moments, folds[0]), folds.slice(1), { ratios: [], engine })).rejects.toThrow(
      new ValueError("fitRidgeFolds: got no ratios; pass at least one"),
    );
  });
});

function only({ source, target }: PairedRows, rows: ArrayLike<number>): PairedRows {
  return { source: takeRows(source, rows), target: takeRows(target, rows) };
}

function without(pair: CloudPair, rows: readonly number[]): [PairedRows["source"], PairedRows["target"], string[]] {
  const rest = Array.from(pair.identities.keys()).filter((row) => !rows.includes(row));
  const { source, target } = only(pair, rest);
  return [source, target, rest.map((row) => pair.identities[row])];
}

async function squaredError(map: Awaited<ReturnType<typeof fitRidge>>, { source, target }: PairedRows): Promise<number> {
  const mapped = await applyMap(map, source, { frame: "raw", engine });
  return target.data.reduce((sum, value, k) => sum + (value - mapped.data[k]) ** 2, 0);
}
