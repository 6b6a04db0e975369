import { describe, expect, it } from "vitest";
import { fmrInterval } from "../../lib/metrics/fmr-interval.js";
import { contributionDegrees, dependentInterval, wilsonInterval } from "../../lib/metrics/intervals.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { firstTemplate, type PairScores } from "../../lib/metrics/pair-scores.js";
import { algebra, expectClose } from "../close.js";
import { names, simulatePairs } from "./simulated-pairs.js";

/** The rate, its variance and its degrees of freedom as the definition says: products of errors summed over all comparisons that share a subject. */
function byDefinition({ labels, nonMated }: PairScores, threshold: number): { rate: number; variance: number; degreesOfFreedom: number } {
  const rate = nonMated.filter((score) => score >= threshold).length / nonMated.length;
  const errors: { readonly subjects: readonly number[]; readonly error: number }[] = [];
  labels.probes.forEach((subject, probe) => {
    for (let j = firstTemplate(labels, probe); j < labels.gallery.length; j++) {
      if (labels.gallery[j] === subject) continue;
      errors.push({ subjects: [subject, labels.gallery[j]], error: (nonMated[errors.length] >= threshold ? 1 : 0) - rate });
    }
  });
  const totals = new Float64Array(labels.subjectCount);
  for (const { subjects, error } of errors) for (const subject of subjects) totals[subject] += error;
  let variance = 0;
  for (const one of errors) {
    for (const other of errors) if (one.subjects.some((subject) => other.subjects.includes(subject))) variance += one.error * other.error;
  }
  return {
    rate,
    variance: Math.max(variance, nonMated.length * rate * (1 - rate)) / nonMated.length ** 2,
    degreesOfFreedom: contributionDegrees(totals),
  };
}

describe("fmrInterval", () => {
  it.each([
    ["probes against a gallery", labelScores(names(16, 3), names(16, 1))],
    ["probes against a gallery with strangers", labelScores(names(10, 3), names(16, 1))],
    ["all pairs", labelAllPairs(names(12, 3))],
  ])("sums over comparisons that share a subject: %s", (_, labels) => {
    const pairs = simulatePairs(labels, { seed: 3, effect: 0.2 });
    const { rate, variance, degreesOfFreedom } = byDefinition(pairs, 1.5);
    const { low, high, ...found } = fmrInterval(pairs, 1.5);
    const expected = dependentInterval(rate, variance, { least: 0, most: Infinity, degreesOfFreedom });
    expectClose([found.rate, low, high], [rate, expected.low, expected.high], algebra);
  });

  it("is as wide as disjoint pairs of subjects allow where no error was seen", () => {
    const pairs = simulatePairs(labelScores(names(10, 3), names(16, 1)), { seed: 3 });
    expect(fmrInterval(pairs, Infinity)).toEqual({ rate: 0, ...wilsonInterval(0, 8) });
  });

  it("counts only subjects that are compared with others", () => {
    const pairs = simulatePairs(labelScores(["a", "b"], ["a", "b"]), { seed: 1 });
    const stranger = { ...pairs, labels: { ...pairs.labels, subjectCount: 5 } };
    expect(fmrInterval(stranger, Infinity)).toEqual({ rate: 0, ...wilsonInterval(0, 1) });
  });

  it("refuses a threshold that is none, and an evaluation without impostors", () => {
    const pairs = simulatePairs(labelScores(["a"], ["a"]), { seed: 1 });
    expect(() => fmrInterval(pairs, NaN)).toThrow(
      "fmrInterval: got the threshold NaN; give a number, or Infinity for one that nothing passes",
    );
    expect(() => fmrInterval(pairs, 0)).toThrow("fmrInterval: there is no non-mated comparison; evaluate more than one person");
  });
});
