import { ValueError } from "../core/errors.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";
import type { SubjectStatistic } from "./subject-statistic.js";
import { momentsOf, type ScoreMoments, type Verification } from "./verification.js";

/**
 * How far the means of mated and non-mated scores are apart, in standard deviations: |m₁ − m₂| / √((v₁ + v₂)/2), variances over the number
 * of scores.
 *
 * Infinity when neither side varies and the means differ, 0 when they are equal. It says little about tails: report it beside the ROC.
 *
 * @throws ValueError when a score is −∞, as those of rows without a direction are.
 * @see docs/definitions.md
 */
export function dPrime({ mated, nonMatedMoments }: Verification): number {
  return apartOf(momentsOf(mated), nonMatedMoments);
}

/**
 * `dPrime` with each subject there a number of times.
 *
 * @throws ValueError as `dPrime`, when it is asked for.
 */
export function dPrimeStatistic({ labels, mated, matedSubjects, nonMated }: PairScores): SubjectStatistic {
  const { probes, gallery, subjectCount } = labels;
  const ones = new Float64Array(mated.length);
  const pairs = new Float64Array(nonMated.length);
  return {
    subjectCount,
    operations: 2 * (mated.length + nonMated.length),
    at(weights: Int32Array): number | null {
      for (let m = 0; m < mated.length; m++) ones[m] = weights[matedSubjects[m]];
      let next = 0;
      for (let probe = 0; probe < probes.length; probe++) {
        for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
          if (gallery[j] !== probes[probe]) pairs[next++] = weights[probes[probe]] * weights[gallery[j]];
        }
      }
      const [first, second] = [weightedMoments(mated, ones), weightedMoments(nonMated, pairs)];
      return first === undefined || second === undefined ? null : apartOf(first, second);
    },
  };
}

/** Undefined where there is no weight, null where a score is infinite. */
function weightedMoments(scores: Float32Array, weights: Float64Array): ScoreMoments | null | undefined {
  let [total, sum, spread] = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    if (weights[i] === 0) continue;
    total += weights[i];
    sum += weights[i] * scores[i];
  }
  if (total === 0) return undefined;
  if (!Number.isFinite(sum)) return null;
  const mean = sum / total;
  for (let i = 0; i < scores.length; i++) if (weights[i] !== 0) spread += weights[i] * (scores[i] - mean) ** 2;
  return { mean, variance: spread / total };
}

function apartOf(matedMoments: ScoreMoments | null, nonMatedMoments: ScoreMoments | null): number {
  if (matedMoments === null || nonMatedMoments === null) {
    throw new ValueError("dPrime: a score is infinite, which has no variance; leave the rows without a direction out");
  }
  const apart = Math.abs(matedMoments.mean - nonMatedMoments.mean);
  const spread = (matedMoments.variance + nonMatedMoments.variance) / 2;
  return apart === 0 ? 0 : apart / Math.sqrt(spread);
}
