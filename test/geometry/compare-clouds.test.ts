import { describe, expect, it } from "vitest";
import { computeMoments, controlPairs, type PairedRows } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import {
  calibrate,
  canonicalSimilarity,
  compareClouds,
  createPermuter,
  identityParts,
  linearCka,
  linearPredictivity,
  mutualNeighbours,
  shapeDistance,
  similarityMeasures,
  type CompareOptions,
  type SimilarityRow,
} from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, exact, expectClose, expectCloseTo } from "../close.js";
import { cloudPair, gaussian } from "../synthetic.js";

const engine = await chooseEngine();
const options = { engine };
/** Products alone, which a test can afford many permutations of. */
const quick = ["cka", "cka-debiased", "r2", "mutual-knn", "mutual-knn-across", "mutual-knn-within"] as const;

describe("compareClouds", () => {
  it("gives the values of the functions of one measure, and the least p of clouds that agree", async () => {
    const pair = cloudPair({ seed: 1, count: 80, source: 6, target: 5, noise: 0.5 });
    const results = await compared(pair, pair.identities, { permutations: 39 });
    const moments = await computeMoments(pair.source, pair.target, pair.identities, options);
    const { biased, debiased } = await linearCka(moments, pair);
    const { mean, svcca, pwcca } = await canonicalSimilarity(moments, options);
    const neighbours = async (scope: "all" | "across" | "within"): Promise<number> =>
      (await mutualNeighbours(pair, pair.identities, { scope, engine })).value;
    expect(results.map(({ measure }) => measure)).toEqual(similarityMeasures);
    expectClose(
      results.map(({ value }) => value),
      [
        biased,
        debiased,
        (await shapeDistance(moments, options)).similarity,
        mean,
        svcca,
        pwcca,
        await linearPredictivity(moments, options),
        await neighbours("all"),
        await neighbours("across"),
        await neighbours("within"),
      ],
      algebra,
    );
    for (const { measure, p, calibrated, warning, draws } of results) {
      expect([measure, p, warning, draws.length]).toEqual([measure, 1 / 40, null, 39]);
      expect(calibrated, measure).toBeGreaterThan(0.1);
    }
  });

  it.each(["rows", "identities", "within-identity"] as const)("draws what permuted rows measure, computed anew (%s)", async (scheme) => {
    const pair = cloudPair({ seed: 11, count: 60, source: 6, target: 5, noise: 0.5 });
    const uneven = pair.identities.map((_, i) => `made/${i < 20 ? Math.floor(i / 5) : Math.floor(i / 4)}`);
    const results = await compared(pair, uneven, { scheme, permutations: 19, neighbours: 4, random: createRandom(12) });
    const order = createPermuter(uneven, scheme).draw(createRandom(12));
    const permuted = { source: pair.source, target: takeRows(pair.target, order) };
    const anew = await compared(permuted, uneven, { scheme, permutations: 19, neighbours: 4 });
    expectClose(
      results.map(({ draws }) => draws[0]),
      anew.map(({ value }) => value),
      algebra,
    );
  });

  it.each(["shuffled", "identity-shuffled"] as const)("puts controls at the null: pairs that are %s", async (control) => {
    const { source, target, identities } = cloudPair({ seed: 2, count: 120, source: 6, target: 5, noise: 0.5 });
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 8; seed++) {
      const wrong = { source, target: takeRows(target, controlPairs(identities, control, createRandom(seed))) };
      const scheme = control === "shuffled" ? "rows" : "identities";
      const random = createRandom(100 + seed);
      const results = await compared(wrong, identities, { scheme, permutations: 39, random, measures: quick });
      for (const { measure, p } of results) counts.set(measure, (counts.get(measure) ?? 0) + (p <= 0.05 ? 1 : 0));
    }
    // Of 8 tests at level 0.05 more than three succeed once in 2,700 times.
    for (const [measure, count] of counts) expect(count, measure).toBeLessThanOrEqual(3);
  });

  it("has p values that are as often small as they say, when clouds have nothing to do with each other", async () => {
    const ps: number[] = [];
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(1000 + seed);
      const pair = { source: rows(24, 3, random), target: rows(24, 3, random) };
      const [{ p }] = await compared(pair, namesOf(24, 4), { permutations: 19, random, measures: ["cka-debiased"] });
      ps.push(p);
    }
    // Uniform on 0.05, 0.1, …, 1: five standard errors.
    expect(Math.abs(ps.reduce((sum, p) => sum + p, 0) / 100 - 0.525)).toBeLessThan((5 * 0.29) / 10);
    expect(Math.abs(ps.filter((p) => p <= 0.2).length / 100 - 0.2)).toBeLessThan((5 * 0.4) / 10);
  });

  it("tells agreement about people from that about photographs", async () => {
    // The same people in both clouds, but what is left of their photographs has nothing to do with each other.
    const { source, identities } = cloudPair({ seed: 3, count: 160, source: 6, target: 6 });
    const target = takeRows(source, controlPairs(identities, "other-image", createRandom(0)));
    const random = createRandom(4);
    const pair = {
      source,
      target: matrix32(
        160,
        6,
        target.data.map((value) => value + 0.5 * random.normal()),
      ),
    };
    const measures = ["cka-debiased", "mutual-knn"] as const;
    for (const { p } of await compared(pair, identities, { scheme: "rows", permutations: 99, measures })) expect(p).toBe(0.01);
    for (const { p } of await compared(pair, identities, { scheme: "identities", permutations: 99, measures })) expect(p).toBe(0.01);
    for (const { p, calibrated } of await compared(pair, identities, { scheme: "within-identity", permutations: 99, measures })) {
      expect(p).toBeGreaterThan(0.05);
      expect(calibrated).toBe(0);
    }
    const same = await compared({ source, target: source }, identities, { scheme: "within-identity", permutations: 99, measures });
    for (const { p } of same) expect(p).toBe(0.01);
  });

  it("takes off what residuals share for summing to zero: independent ones calibrate to 0 within identities", async () => {
    const random = createRandom(5);
    const names = namesOf(160, 4);
    const [source, target] = [1, 2].map(() => identityParts(rows(160, 60, random), names).residuals);
    const [row] = await compared({ source, target }, names, { scheme: "within-identity", permutations: 99, measures: ["cka-debiased"] });
    expect(row.value).toBeGreaterThan(0.05); // the debiased form expects independent rows
    expect(row.nullMean).toBeGreaterThan(0.05);
    expect(row.calibrated).toBeLessThan(0.02);
  });

  it("warns of measures that so few rows say little by, which calibration takes to 0", async () => {
    const random = createRandom(6);
    const pair = { source: rows(16, 20, random), target: rows(16, 20, random) };
    const results = await compared(pair, namesOf(16, 4), { permutations: 19, measures: ["cca", "svcca", "pwcca", "r2", "cka"] });
    expect(results.map(({ warning }) => warning)).toEqual([
      "cca: 16 rows are fewer than the 15 + 15 directions of the clouds; 15 or more correlations are 1 whatever the rows",
      expect.stringMatching(/^svcca: 16 rows are fewer than the 1\d \+ 1\d directions of the clouds/) as string,
      "pwcca: 16 rows are fewer than the 15 + 15 directions of the clouds; 15 or more correlations are 1 whatever the rows",
      "r2: 16 rows are no more than the source's 15 directions and a mean, which fit any target",
      null,
    ]);
    for (const { measure, p, calibrated } of results.slice(0, 4))
      expect([measure, p > 0.05, calibrated < 1e-6]).toEqual([measure, true, true]);
    expect(results[0].value).toBeGreaterThan(0.999);
  });

  it("gives the same from the same seed, tells how far it is, and stops when asked to", async () => {
    const pair = cloudPair({ seed: 7, count: 40, source: 4, target: 4, noise: 1 });
    const done: number[] = [];
    const progress = { update: (count: number) => done.push(count), end: () => done.push(-1) };
    const run = (seed: number, extra: Partial<CompareOptions> = {}): Promise<SimilarityRow[]> =>
      compared(pair, pair.identities, { permutations: 19, random: createRandom(seed), measures: ["cka", "mutual-knn"], ...extra });
    const first = await run(1, { progress });
    expect(await run(1)).toEqual(first);
    expect((await run(2))[0].draws).not.toEqual(first[0].draws);
    expect(done).toEqual([...Array.from({ length: 19 }, (_, i) => i + 1), -1]);
    await expect(run(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses rows of other counts, and measures that cannot be had", async () => {
    const pair = cloudPair({ seed: 8, count: 20, source: 3, target: 3 });
    const moments = await computeMoments(pair.source, pair.target, pair.identities, options);
    const refused = async (message: string | Error, identities: readonly string[], extra: Partial<CompareOptions> = {}): Promise<void> => {
      const random = createRandom(0);
      await expect(compareClouds(moments, pair, identities, { random, permutations: 19, ...options, ...extra })).rejects.toThrow(message);
    };
    await refused(
      new ShapeError("compareClouds: got 20 pairs and 19 identities; pass the identity of every pair"),
      pair.identities.slice(1),
    );
    await refused(new ValueError("compareClouds: got 0 permutations; give a whole number, such as 200"), pair.identities, {
      permutations: 0,
    });
    await refused("mutualNeighbours: nobody has 3 rows or more", namesOf(20, 1), { measures: ["mutual-knn-within"] });
    await refused("calibrate: got the level 0.05 and 9 draws", pair.identities, { permutations: 9, measures: ["cka"] });
    const fewer = { source: takeRows(pair.source, [0, 1]), target: takeRows(pair.target, [0, 1]) };
    await expect(compareClouds(moments, fewer, ["a", "b"], { random: createRandom(0), ...options })).rejects.toThrow(
      "compareClouds: got training rows of 2 × 3 and 2 × 3; the moments are of 20 pairs",
    );
  });
});

describe("createPermuter", () => {
  const names = ["a", "a", "b", "c", "b", "c", "d", "d", "d", "e"];

  it("moves rows, people of as many rows, or the rows of each person, every row once", () => {
    const random = createRandom(9);
    for (const [scheme, movable] of [
      ["rows", 10],
      ["identities", 6],
      ["within-identity", 9],
    ] as const) {
      const permuter = createPermuter(names, scheme);
      expect(permuter.movableCount).toBe(movable);
      for (let draw = 0; draw < 20; draw++) {
        const order = permuter.draw(random);
        expectClose(order.slice().sort(), Array.from(names.keys()), exact);
        if (scheme === "within-identity") expect([...order].map((row) => names[row])).toEqual(names);
        if (scheme === "identities") {
          expect([...order.subarray(6)]).toEqual([6, 7, 8, 9]);
          expect([names[order[0]], names[order[2]], names[order[3]]]).toEqual([names[order[1]], names[order[4]], names[order[5]]]);
          expect(order[0]).toBeLessThan(order[1]);
        }
      }
    }
  });

  it("draws every order of three people as often", () => {
    const permuter = createPermuter(["a", "b", "c"], "identities");
    const random = createRandom(10);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 1200; draw++) {
      const order = permuter.draw(random).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(1200 * (1 / 6) * (5 / 6)));
  });

  it("refuses schemes that move nothing", () => {
    expect(() => createPermuter(["a", "a", "b"], "identities")).toThrow(
      new ValueError("createPermuter: no two of 2 identities have as many rows, so none can change places; cut people to as many rows"),
    );
    expect(() => createPermuter(["a", "b"], "within-identity")).toThrow(
      new ValueError("createPermuter: each of 2 identities has one row, so none can change places within one"),
    );
    expect(() => createPermuter(["a"], "rows")).toThrow(new ShapeError("createPermuter: got 1 rows; a permutation needs at least two"));
  });
});

describe("calibrate", () => {
  it("is the share of the way from what chance explains to 1", () => {
    const draws = Float64Array.from({ length: 19 }, (_, i) => i / 100);
    // Of the 20 values 0, 0.01, …, 0.18 and 0.6 the nineteenth is 0.18.
    const { tau, calibrated, p, nullMean } = calibrate(0.6, draws);
    expectClose([tau, calibrated, p, nullMean], [0.18, 0.42 / 0.82, 1 / 20, 0.09], algebra);
    expect(calibrate(0.05, draws)).toMatchObject({ calibrated: 0, p: 15 / 20 });
    expect(calibrate(-0.2, draws)).toMatchObject({ calibrated: 0, p: 1 });
  });

  it("is 0, and no division by zero, where permutations leave everything the same", () => {
    expect(calibrate(1, new Float64Array(19).fill(1))).toMatchObject({ calibrated: 0, p: 1, tau: 1 });
    expectCloseTo(calibrate(0.5, new Float64Array(19).fill(0.5 - 1e-14)).p, 1, exact);
  });

  it("refuses draws too few for the level, and values that are no similarity", () => {
    const draws = new Float64Array(19);
    expect(() => calibrate(0, new Float64Array(18))).toThrow(
      new ValueError("calibrate: got the level 0.05 and 18 draws; give a level between 0 and 1, and at least 19 draws"),
    );
    expect(() => calibrate(0, draws, 1)).toThrow(
      new ValueError("calibrate: got the level 1 and 19 draws; give a level between 0 and 1, and at least 1/level − 1 draws"),
    );
    for (const value of [NaN, 1.5]) {
      expect(() => calibrate(value, draws)).toThrow(
        new ValueError("calibrate: a value is not finite, or above 1; give a similarity that is 1 at most"),
      );
    }
  });
});

async function compared(pair: PairedRows, identities: readonly string[], extra: Partial<CompareOptions>): Promise<SimilarityRow[]> {
  const moments = await computeMoments(pair.source, pair.target, identities, options);
  return compareClouds(moments, pair, identities, { random: createRandom(0), ...options, ...extra });
}

function namesOf(count: number, images: number): string[] {
  return Array.from({ length: count }, (_, i) => `made/${Math.floor(i / images)}`);
}

function rows(count: number, columns: number, random: ReturnType<typeof createRandom>): Matrix32 {
  return matrix32(count, columns, Float32Array.from(gaussian(count, columns, random).data));
}
