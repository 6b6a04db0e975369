import { describe, expect, it } from "vitest";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { wilsonInterval } from "../../lib/metrics/intervals.js";
import { jackknifeInterval } from "../../lib/metrics/jackknife-interval.js";
import { labelAllPairs, labelScores, type ScoreLabels } from "../../lib/metrics/labels.js";
import { collectPairs, type PairScores } from "../../lib/metrics/pair-scores.js";
import { auc, verification } from "../../lib/metrics/verification.js";
import { aucInterval, tmrInterval } from "../../lib/metrics/verification-intervals.js";
import { verifyAllPairs } from "../../lib/metrics/verify-all-pairs.js";
import { algebra, expectClose } from "../close.js";
import { plainEngine as engine } from "./plain-engine.js";

/** Scores with a shift where the subject is the same, an effect of each subject, and noise. */
function simulate(labels: ScoreLabels, seed: number, shift = 1.5): PairScores {
  const random = createRandom(seed);
  const effects = Float64Array.from({ length: labels.subjectCount }, () => 0.5 * random.normal());
  const scores = matrix32(labels.probes.length, labels.gallery.length);
  for (let i = 0; i < labels.probes.length; i++) {
    for (let j = 0; j < labels.gallery.length; j++) {
      const [one, other] = [labels.probes[i], labels.gallery[j]];
      const mean = (one === other ? shift : 0) + effects[one] + effects[other];
      scores.data[i * labels.gallery.length + j] = mean + random.normal();
    }
  }
  const collector = collectPairs(labels);
  collector.add({ firstProbe: 0, scores });
  return collector.pairs();
}

const names = (count: number, each: number): string[] => Array.from({ length: count * each }, (_, i) => `p${Math.floor(i / each)}`);
const evaluate = ({ mated, nonMated }: PairScores): ReturnType<typeof verification> => verification(mated, nonMated);

/** What each subject contributes as the definition says: summed over all comparisons with the subject on either side. */
function contributionsOf({ labels, mated, matedSubjects, nonMated }: PairScores): Float64Array {
  const area = auc(verification(mated, nonMated));
  const beats = (score: number, others: Float32Array): number =>
    others.reduce((sum, other) => sum + (score > other ? 1 : score === other ? 0.5 : 0), 0) / others.length;
  const totals = new Float64Array(labels.subjectCount);
  mated.forEach((score, i) => {
    totals[matedSubjects[i]] += (beats(score, nonMated) - area) / mated.length;
  });
  let next = 0;
  labels.probes.forEach((one, i) => {
    labels.gallery.forEach((other, j) => {
      if (one === other || (labels.pairs === "upper" && j <= i)) return;
      const part = (1 - beats(nonMated[next++], mated) - area) / nonMated.length;
      totals[one] += part;
      totals[other] += part;
    });
  });
  return totals;
}

describe("aucInterval", () => {
  it.each([
    ["probes against a gallery", labelScores(names(16, 4), names(16, 1))],
    ["probes against a gallery with strangers", labelScores(names(12, 4), names(16, 1))],
    ["all pairs", labelAllPairs(names(12, 4))],
    ["three people", labelAllPairs(names(3, 3))],
  ])("is the jackknife's of the comparisons that each subject is in: %s", (_, labels) => {
    const pairs = simulate(labels, 5);
    const expected = jackknifeInterval(auc(evaluate(pairs)), contributionsOf(pairs));
    const interval = aucInterval(evaluate(pairs), pairs);
    expectClose([interval.low, interval.high], [expected.low, expected.high], algebra);
  });

  it("holds the true AUC about as often as it says", () => {
    const labels = labelScores(names(40, 3), names(40, 1));
    let truth = 0;
    const runs = 200;
    const seen = Array.from({ length: runs }, (_, seed) => {
      const pairs = simulate(labels, seed);
      truth += auc(evaluate(pairs)) / runs;
      return aucInterval(evaluate(pairs), pairs);
    });
    const share = seen.filter(({ low, high }) => low <= truth && truth <= high).length / runs;
    // 95 % within five standard errors of a share seen in 200 runs.
    expect(share).toBeGreaterThan(0.87);
  });

  it("is as wide as the number of subjects allows when nothing goes wrong", () => {
    const pairs = simulate(labelScores(names(9, 2), names(9, 1)), 1, 100);
    expect(aucInterval(evaluate(pairs), pairs)).toEqual(wilsonInterval(1, 9));
  });
});

describe("tmrInterval", () => {
  it("is that of the share of mated scores at or above the threshold, by subject", () => {
    const labels = labelScores(["a", "a", "b", "b"], ["a", "b"]);
    const collector = collectPairs(labels);
    collector.add({ firstProbe: 0, scores: matrix32(4, 2, Float32Array.of(0.9, 0, 0.5, 0, 0, 0.1, 0, 0.2)) });
    expect(tmrInterval(collector.pairs(), 0.5)).toEqual(wilsonInterval(0.5, 2));
  });
});

describe("collectPairs", () => {
  it("refuses more comparisons than memory is meant for, and half-done work", () => {
    const many = { probes: new Int32Array(20_000), gallery: new Int32Array(20_000).fill(1), subjectCount: 2, pairs: "all" as const };
    expect(() => collectPairs(many)).toThrow(
      "collectPairs: 400000000 non-mated comparisons are more than 134217728; count them with scoreRecognition, or verify on a seeded sample of the probes",
    );
    expect(() => collectPairs(labelScores(["a"], ["a", "b"])).pairs()).toThrow(
      "collectPairs: 0 of 2 comparisons were scored; add every block before asking for pairs",
    );
  });
});

describe("verifyAllPairs", () => {
  const rows: Matrix32 = matrix32(4, 2, Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1));

  it("compares each pair of rows once, and no row with itself", async () => {
    const { evaluation, degenerateCount } = await verifyAllPairs(rows, ["a", "a", "b", "b"], { engine, blockSize: 4 });
    expect([...evaluation.mated]).toEqual([1, 1]);
    expect([...evaluation.nonMated]).toEqual([0, 0, 0, 0]);
    expect([auc(evaluation), degenerateCount]).toEqual([1, 0]);
  });

  it("refuses another number of identities than rows, and a set of nobody", async () => {
    await expect(verifyAllPairs(rows, ["a"], { engine })).rejects.toThrow(
      "verifyAllPairs: got 1 identities for 4 rows; give one for each row",
    );
    await expect(verifyAllPairs(matrix32(0, 2), [], { engine })).rejects.toThrow(
      "labelAllPairs: the set is empty; it needs at least one identity",
    );
  });
});
