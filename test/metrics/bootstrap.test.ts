import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { bcaInterval } from "../../lib/metrics/bca-interval.js";
import { bootstrapSubjects, percentileInterval, replicateVariance } from "../../lib/metrics/bootstrap.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { wilsonInterval } from "../../lib/metrics/intervals.js";
import { aucStatistic, differenceStatistic, tmrAtFmrStatistic, type SubjectStatistic } from "../../lib/metrics/subject-statistic.js";
import { tmrAtFmrInterval } from "../../lib/metrics/tmr-at-fmr-interval.js";
import { algebra, expectClose, sampled } from "../close.js";
import { names, simulatePairs } from "./simulated-pairs.js";

const golden = JSON.parse(readFileSync(new URL("../golden/statistics.json", import.meta.url), "utf8")) as {
  readonly bca: { readonly values: readonly number[]; readonly replicates: readonly number[]; readonly low: number; readonly high: number };
};

/** The share of hits among subjects with one trial each. */
const meanOf = (hits: readonly number[]): SubjectStatistic => ({
  subjectCount: hits.length,
  operations: hits.length,
  at: (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return total > 0 ? hits.reduce((sum, hit, i) => sum + weights[i] * hit, 0) / total : null;
  },
});

describe("bootstrapSubjects", () => {
  it("has the spread of a mean over subjects", async () => {
    const random = createRandom(1);
    const values = Array.from({ length: 50 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value / 50, 0);
    const expected = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 50 ** 2;
    const replicateCount = 4000;
    for (const resampling of ["plain", "double-or-nothing"] as const) {
      const bootstrap = await bootstrapSubjects(meanOf(values), { random: createRandom(2), replicateCount, resampling });
      expect(bootstrap.estimate).toBeCloseTo(mean, 12);
      // A variance of normal replicates is known to √(2/n) of itself; double or nothing divides by a random total, hence the factor.
      const room = resampling === "plain" ? Math.SQRT2 : 2 * Math.SQRT2;
      expectClose([(replicateVariance(bootstrap) / expected - 1) / room], [0], sampled(replicateCount));
    }
  });

  it("draws the same again from the same seed, and other draws from another", async () => {
    const statistic = tmrAtFmrStatistic(simulatePairs(labelScores(names(20, 2), names(20, 1)), { seed: 3 }), 0.05);
    const run = async (seed: number): Promise<number[]> => {
      const { replicates } = await bootstrapSubjects(statistic, { random: createRandom(seed), replicateCount: 50 });
      return [...replicates];
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it("compares two systems on the same draws: a system does not differ from itself", async () => {
    const pairs = simulatePairs(labelAllPairs(names(12, 3)), { seed: 5 });
    const same = await bootstrapSubjects(differenceStatistic(aucStatistic(pairs), aucStatistic(pairs)), { random: createRandom(1) });
    expect(percentileInterval(same)).toEqual({ low: 0, high: 0 });
  });

  it("draws again where nothing is left to compare, and says how often", async () => {
    const pairs = simulatePairs(labelScores(names(3, 1), names(3, 1)), { seed: 5 });
    const { replicates, redrawnCount } = await bootstrapSubjects(aucStatistic(pairs), { random: createRandom(1) });
    expect(replicates).toHaveLength(1000);
    // One of nine draws of three has a single subject.
    expectClose([redrawnCount / 1000], [1 / 8], sampled(1000));
  });

  it("refuses what cannot be drawn", async () => {
    const random = createRandom(1);
    await expect(bootstrapSubjects(meanOf([1]), { random })).rejects.toThrow(
      "bootstrapSubjects: got 1000 replicates of 1 subjects; it needs whole numbers from 2 on of both",
    );
    await expect(bootstrapSubjects(meanOf([1, 2]), { random, replicateCount: 1.5 })).rejects.toThrow(
      "bootstrapSubjects: got 1.5 replicates of 2 subjects; it needs whole numbers from 2 on of both",
    );
    await expect(bootstrapSubjects({ ...meanOf([1, 2]), at: () => null }, { random })).rejects.toThrow(
      "bootstrapSubjects: there is no mated or no non-mated comparison; add people or images",
    );
    const rarely: SubjectStatistic = { ...meanOf([1, 2]), at: (weights) => (weights[0] === 1 && weights[1] === 1 ? 1 : null) };
    await expect(bootstrapSubjects(rarely, { random, resampling: "double-or-nothing", replicateCount: 10 })).rejects.toThrow(
      "bootstrapSubjects: 11 of 11 draws of 2 subjects left nothing to compare; evaluate more people",
    );
  });

  it("stops when its signal says so", async () => {
    const slow: SubjectStatistic = { ...meanOf([1, 2]), operations: 1e9 };
    const controller = new AbortController();
    const work = bootstrapSubjects(slow, { random: createRandom(1), signal: controller.signal });
    controller.abort();
    await expect(work).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

describe("percentileInterval", () => {
  it("lies between order statistics as NumPy's default quantile does", () => {
    const replicates = Float64Array.of(4, 0, 3, 1, 2);
    const { low, high } = percentileInterval({ estimate: 2, replicates, redrawnCount: 0 });
    expectClose([low, high], [0.1, 3.9], algebra);
  });
});

describe("bcaInterval", () => {
  it("is the one of percentiles where replicates lie evenly about a mean", async () => {
    const values = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i >> 1)));
    const statistic = meanOf(values);
    const bootstrap = await bootstrapSubjects(statistic, { random: createRandom(1), replicateCount: 20_000 });
    const [plain, moved] = [percentileInterval(bootstrap), bcaInterval(statistic, bootstrap)];
    const deviation = Math.sqrt(replicateVariance(bootstrap));
    expectClose([(moved.low - plain.low) / deviation, (moved.high - plain.high) / deviation], [0, 0], sampled(1000));
  });

  it("reaches farther to the side on which a figure is skewed", async () => {
    const values = Array.from({ length: 40 }, (_, i) => Math.exp(i / 10));
    const statistic = meanOf(values);
    const bootstrap = await bootstrapSubjects(statistic, { random: createRandom(1), replicateCount: 5000 });
    const [plain, moved] = [percentileInterval(bootstrap), bcaInterval(statistic, bootstrap)];
    expect(moved.low).toBeGreaterThan(plain.low);
    expect(moved.high).toBeGreaterThan(plain.high);
  });

  it("is SciPy's of the same replicates", () => {
    const { values, replicates, low, high } = golden.bca;
    const drawn = { estimate: values.reduce((sum, value) => sum + value / values.length, 0), replicates: Float64Array.from(replicates) };
    const found = bcaInterval(meanOf(values), { ...drawn, redrawnCount: 0 });
    expectClose([found.low, found.high], [low, high], algebra);
  });

  it("is the estimate where nothing moves", async () => {
    const statistic = meanOf([1, 1, 1]);
    const bootstrap = await bootstrapSubjects(statistic, { random: createRandom(1), replicateCount: 10 });
    expect(bcaInterval(statistic, bootstrap)).toEqual({ low: 1, high: 1 });
  });
});

describe("tmrAtFmrInterval", () => {
  it("is wider than that of a threshold that is given would be, and holds the rate", async () => {
    const pairs = simulatePairs(labelScores(names(40, 3), names(40, 1)), { seed: 1 });
    const { rate, low, high } = await tmrAtFmrInterval(pairs, 0.01, { random: createRandom(1) });
    const free = wilsonInterval(rate, 120);
    expect(rate).toBe(tmrAtFmrStatistic(pairs, 0.01).at(new Int32Array(40).fill(1)));
    expect(low).toBeLessThan(free.low);
    expect(high).toBeGreaterThan(free.high);
  });

  it("is as wide as the subjects allow where nobody is missed", async () => {
    const pairs = simulatePairs(labelScores(names(9, 2), names(9, 1)), { seed: 1, shift: 100 });
    expect(await tmrAtFmrInterval(pairs, 0.01, { random: createRandom(1) })).toEqual({ rate: 1, ...wilsonInterval(1, 9) });
  });
});
