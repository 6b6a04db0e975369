import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { dPrime, dPrimeStatistic } from "../../lib/metrics/d-prime.js";
import { countRanks, rankAtK } from "../../lib/metrics/identification.js";
import { labelAllPairs, labelScores, type ScoreLabels } from "../../lib/metrics/labels.js";
import { largestNonMated } from "../../lib/metrics/largest-scores.js";
import { firstTemplate, type PairScores } from "../../lib/metrics/pair-scores.js";
import {
  aucStatistic,
  differenceStatistic,
  eerStatistic,
  matchRateStatistic,
  rankStatistic,
  tmrAtFmrStatistic,
  type SubjectStatistic,
} from "../../lib/metrics/subject-statistic.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { tmrAtFmr } from "../../lib/metrics/operating-point.js";
import { auc, verification, type Verification } from "../../lib/metrics/verification.js";
import { algebra, expectCloseTo } from "../close.js";
import { names, simulatePairs } from "./simulated-pairs.js";

/** Every comparison as often as its weight says. */
function repeated({ labels, mated, matedSubjects, nonMated }: PairScores, weights: Int32Array): Verification {
  const matedCopies = [...mated].flatMap((score, m) => new Array<number>(weights[matedSubjects[m]]).fill(score));
  const nonMatedCopies: number[] = [];
  let next = 0;
  labels.probes.forEach((subject, probe) => {
    for (let j = firstTemplate(labels, probe); j < labels.gallery.length; j++) {
      const other = labels.gallery[j];
      if (other === subject) continue;
      const score = nonMated[next++];
      for (let copy = 0; copy < weights[subject] * weights[other]; copy++) nonMatedCopies.push(score);
    }
  });
  return verification(Float32Array.from(matedCopies), Float32Array.from(nonMatedCopies));
}

const figures: readonly [string, (pairs: PairScores) => SubjectStatistic, (seen: Verification) => number][] = [
  ["TMR at 10 % FMR", (pairs) => tmrAtFmrStatistic(pairs, 0.1), (seen) => tmrAtFmr(seen, 0.1).tmr],
  ["TMR at no false match", (pairs) => tmrAtFmrStatistic(pairs, 0), (seen) => tmrAtFmr(seen, 0).tmr],
  ["TMR at 29 % FMR", (pairs) => tmrAtFmrStatistic(pairs, 0.29), (seen) => tmrAtFmr(seen, 0.29).tmr],
  ["EER", eerStatistic, eer],
  ["AUC", aucStatistic, auc],
  ["d′", dPrimeStatistic, dPrime],
];
const layouts: readonly [string, ScoreLabels][] = [
  ["probes against a gallery", labelScores(names(6, 3), names(6, 1))],
  ["probes against a gallery with strangers", labelScores(names(5, 2), names(7, 2))],
  ["all pairs", labelAllPairs(names(6, 3))],
];

describe.each(figures)("%s of weighted subjects", (_, statisticOf, figureOf) => {
  it.each(layouts)("is that of repeated comparisons, ties included: %s", (__, labels) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom(0, 0.25, 1),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: labels.subjectCount, maxLength: labels.subjectCount }),
        (seed, grid, drawn) => {
          const weights = Int32Array.from(drawn);
          const pairs = simulatePairs(labels, { seed, grid });
          const found = statisticOf(pairs).at(weights);
          const matedTotal = pairs.matedSubjects.reduce((sum, subject) => sum + weights[subject], 0);
          if (found === null) {
            expect(matedTotal * (weights.filter((weight) => weight > 0).length - 1)).toBeLessThanOrEqual(0);
          } else {
            expectCloseTo(found, figureOf(repeated(pairs, weights)), algebra);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 3])("is the figure itself where everybody is there once (seed %i)", (seed) => {
    const pairs = simulatePairs(labelScores(names(40, 3), names(40, 1)), { seed });
    expectCloseTo(statisticOf(pairs).at(new Int32Array(40).fill(1))!, figureOf(verification(pairs.mated, pairs.nonMated)), algebra);
  });
});

describe("walks of largest scores", () => {
  // 40 subjects, 6,240 non-mated comparisons; more than the first part of them is walked.
  const labels = labelAllPairs(names(40, 3));
  const pairs = simulatePairs(labels, { seed: 4, effect: 3 });

  it("go on beyond the part that was sorted first", () => {
    const statistic = tmrAtFmrStatistic(pairs, 0);
    const order = largestNonMated(pairs, pairs.nonMated.length);
    const weights = new Int32Array(40).fill(1);
    for (let i = 0; i < 1500; i++) weights[order.probeSubjects[i]] = 0;
    if (weights.some((weight) => weight > 0)) expectCloseTo(statistic.at(weights)!, tmrAtFmr(repeated(pairs, weights), 0).tmr, algebra);
    const worse = simulatePairs(labels, { seed: 4, shift: -1 });
    expectCloseTo(eerStatistic(worse).at(new Int32Array(40).fill(1))!, eer(verification(worse.mated, worse.nonMated)), algebra);
  });

  it("come in descending order, the same first however many are asked for", () => {
    const all = largestNonMated(pairs, Infinity);
    expect([...all.scores]).toEqual([...pairs.nonMated].sort((one, other) => other - one));
    for (const count of [0, 1, 17, 1000]) {
      const some = largestNonMated(pairs, count);
      expect(some.scores.length).toBeGreaterThanOrEqual(count);
      expect([...some.probeSubjects]).toEqual([...all.probeSubjects.slice(0, some.scores.length)]);
      expect([...some.gallerySubjects]).toEqual([...all.gallerySubjects.slice(0, some.scores.length)]);
    }
  });

  it("hold negative zero, infinities and the smallest numbers in order", () => {
    const few = labelScores(["a"], ["b", "c", "d", "e", "f"]);
    const nonMated = Float32Array.of(-Infinity, 1e-45, -1e-45, Infinity, -2);
    const { scores } = largestNonMated({ labels: few, mated: new Float32Array(0), matedSubjects: new Int32Array(0), nonMated }, 5);
    expect([...scores]).toEqual([...nonMated].sort((one, other) => other - one));
  });

  it("refuse a score that is NaN", () => {
    const broken = { ...pairs, nonMated: pairs.nonMated.slice().fill(NaN, 7, 8) };
    expect(() => eerStatistic(broken)).toThrow("largestNonMated: non-mated score 7 is NaN; leave that comparison out");
  });
});

describe("rankStatistic", () => {
  const labels = labelScores(names(10, 3), names(10, 1));
  const random = createRandom(8);
  const counter = countRanks(labels);
  counter.add({
    firstProbe: 0,
    scores: matrix32(
      30,
      10,
      Float32Array.from({ length: 300 }, () => random.normal()),
    ),
  });
  const ranks = counter.ranks();

  it("is rankAtK where everybody is there once, and follows those who are there more often", () => {
    expect(rankStatistic(ranks, 3).at(new Int32Array(10).fill(1))).toBe(rankAtK(ranks, 3));
    const only = new Int32Array(10);
    only[ranks.subjects[4]] = 2;
    const own = [3, 4, 5].filter((probe) => 1 + ranks.better[probe] + ranks.tied[probe] <= 3).length / 3;
    expect(rankStatistic(ranks, 3).at(only)).toBe(own);
    expect(rankStatistic(ranks, 3).at(new Int32Array(10))).toBeNull();
  });

  it("refuses a k that is none", () => {
    expect(() => rankStatistic(ranks, 0)).toThrow("rankStatistic: got k = 0; k must be a whole number from 1 on");
  });
});

describe("differenceStatistic", () => {
  it("subtracts under the same weights, and is undefined where either is", () => {
    const of = (value: number | null): SubjectStatistic => ({ subjectCount: 2, operations: 1, at: () => value });
    expect(differenceStatistic(of(3), of(1)).at(Int32Array.of(1, 1))).toBe(2);
    expect(differenceStatistic(of(null), of(1)).at(Int32Array.of(1, 1))).toBeNull();
    expect(() => differenceStatistic(of(1), { ...of(1), subjectCount: 3 })).toThrow(
      "differenceStatistic: got figures of 2 and of 3 subjects; evaluate both systems on the same subjects",
    );
  });
});

describe("matchRateStatistic", () => {
  it("rates other scores of the mated comparisons at the thresholds of these non-mated ones", () => {
    const labels = labelScores(names(20, 3), names(20, 1));
    const [own, other] = [1, 2].map((seed) => simulatePairs(labels, { seed }));
    const statisticOf = matchRateStatistic(own, 0.1);
    const weights = Int32Array.from({ length: labels.subjectCount }, (_, i) => i % 3);
    for (const { mated } of [own, other]) {
      expect(statisticOf(mated).at(weights)).toBe(tmrAtFmrStatistic({ ...own, mated }, 0.1).at(weights));
    }
    expect(statisticOf(own.mated).at(weights)).not.toBe(statisticOf(other.mated).at(weights));
  });
});

describe("tmrAtFmrStatistic", () => {
  it.each([1, -0.1, NaN])("refuses an FMR of %d", (fmr) => {
    const pairs = simulatePairs(labelScores(names(3, 2), names(3, 1)), { seed: 1 });
    expect(() => tmrAtFmrStatistic(pairs, fmr)).toThrow(`tmrAtFmrStatistic: got an FMR of ${fmr}; it must be at least 0 and below 1`);
  });
});
