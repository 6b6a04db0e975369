import { describe, expect, it } from "vitest";
import { eerInterval } from "../../lib/metrics/eer-interval.js";
import { equalErrorThreshold } from "../../lib/metrics/equal-error.js";
import { contributionDegrees, dependentInterval, wilsonInterval } from "../../lib/metrics/intervals.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { firstTemplate, type PairScores } from "../../lib/metrics/pair-scores.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { roc } from "../../lib/metrics/roc.js";
import { verification } from "../../lib/metrics/verification.js";
import { algebra, expectClose } from "../close.js";
import { names, simulatePairs } from "./simulated-pairs.js";

const see = ({ mated, nonMated }: PairScores): ReturnType<typeof verification> => verification(mated, nonMated);

/** FNMR at the last vertex of the ROC whose FMR is at most `fmr`. */
function missedAt(pairs: PairScores, fmr: number): number {
  return 1 - roc(see(pairs)).findLast((point) => point.fmr <= fmr)!.tmr;
}

/** The interval as the definition says: products of errors, weighted by the slope, summed over all comparisons that share a subject. */
function byDefinition(pairs: PairScores): { low: number; high: number } {
  const { labels, mated, matedSubjects, nonMated } = pairs;
  const rate = eer(see(pairs));
  const slope = (missedAt(pairs, rate / 2) - missedAt(pairs, 2 * rate)) / (1.5 * rate);
  const threshold = [...mated, ...nonMated]
    .filter((t) => share(nonMated, (s) => s >= t) >= share(mated, (s) => s < t))
    .sort((a, b) => b - a)[0];
  const [fmr, fnmr] = [share(nonMated, (s) => s >= threshold), share(mated, (s) => s < threshold)];
  const parts = Array.from(mated, (score, i) => ({
    subjects: [matedSubjects[i]],
    part: ((score < threshold ? 1 : 0) - fnmr) / (1 + slope) / mated.length,
  }));
  let next = 0;
  labels.probes.forEach((subject, probe) => {
    for (let j = firstTemplate(labels, probe); j < labels.gallery.length; j++) {
      if (labels.gallery[j] === subject) continue;
      const error = (nonMated[next++] >= threshold ? 1 : 0) - fmr;
      parts.push({ subjects: [subject, labels.gallery[j]], part: (slope * error) / (1 + slope) / nonMated.length });
    }
  });
  const totals = new Float64Array(labels.subjectCount);
  for (const { subjects, part } of parts) for (const subject of subjects) totals[subject] += part;
  let variance = 0;
  for (const one of parts)
    for (const other of parts) if (one.subjects.some((s) => other.subjects.includes(s))) variance += one.part * other.part;
  const independent = parts.reduce((sum, { part }) => sum + part * part, 0);
  const scale = labels.subjectCount / (labels.subjectCount - 1);
  const bounds = { least: labels.subjectCount / 2, most: Infinity, degreesOfFreedom: contributionDegrees(totals) };
  return dependentInterval(rate, Math.max(variance, independent) * scale, bounds);
}

function share(scores: Float32Array, holds: (score: number) => boolean): number {
  return scores.filter(holds).length / scores.length;
}

describe("eerInterval", () => {
  it.each([
    ["probes against a gallery", labelScores(names(16, 4), names(16, 1)), 0],
    ["probes against a gallery with strangers, tied scores", labelScores(names(12, 4), names(16, 1)), 0.5],
    ["all pairs", labelAllPairs(names(12, 4)), 0],
  ] as const)("sums over comparisons that share a subject: %s", (_, labels, grid) => {
    const pairs = simulatePairs(labels, { seed: 5, grid });
    const { low, high } = eerInterval(see(pairs), pairs);
    const expected = byDefinition(pairs);
    expectClose([low, high], [expected.low, expected.high], algebra);
  });

  it("is as wide as disjoint pairs of subjects allow where no error was seen", () => {
    const pairs = simulatePairs(labelScores(names(10, 3), names(10, 1)), { seed: 3, shift: 40 });
    expect(eerInterval(see(pairs), pairs)).toEqual(wilsonInterval(0, 5));
  });

  it("holds the true EER about as often as it says", () => {
    const labels = labelScores(names(40, 3), names(40, 1));
    const runs = 200;
    const seen = Array.from({ length: runs }, (_, seed) => {
      const pairs = simulatePairs(labels, { seed });
      return { rate: eer(see(pairs)), ...eerInterval(see(pairs), pairs) };
    });
    const truth = seen.reduce((sum, { rate }) => sum + rate, 0) / runs;
    const held = seen.filter(({ low, high }) => low <= truth && truth <= high).length / runs;
    expect(held).toBeGreaterThan(0.9);
    expect(held).toBeLessThan(0.995);
  });
});

describe("equalErrorThreshold", () => {
  it("by hand: is where both rates cross, between scores and on one that both sides have", () => {
    //   mated     1 2 3 4      at 2: FNMR 1/4, FMR 1/4
    //   non-mated 0 0 0 2.5    at 2.5: FNMR 2/4, FMR 1/4
    const pairs = verification(Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 0, 0, 2.5));
    expect(equalErrorThreshold(pairs)).toBe(2);
    const tied = verification(Float32Array.of(1, 2), Float32Array.of(0, 2));
    expect(equalErrorThreshold(tied)).toBe(2);
  });
});
