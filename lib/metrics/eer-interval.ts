import { eer, equalErrorThreshold } from "./equal-error.js";
import { contributionDegrees, dependentInterval, type Interval } from "./intervals.js";
import type { CountedPairs, MatedScores, PairScores } from "./pair-scores.js";
import { placeSumsOf, type PlaceSums } from "./place-sums.js";
import { rocSteps } from "./roc.js";
import type { Verification } from "./verification.js";

/**
 * The 95 % interval of the equal error rate over subjects drawn at random: Wilson's with N* = EER(1 − EER)/Var.
 *
 * Where the ROC falls by s of FNMR for each FMR, an error of the sample moves the crossing by (ΔFNMR + s ΔFMR)/(1 + s), at the threshold of
 * the crossing; s is the slope of the chord from half the EER to twice the EER. The variance of that sum is the one of `fmrInterval`: over
 * comparisons that share a subject on either side, never below what independent ones would give, with Student's quantile. N* is at least
 * G/2, the disjoint pairs that G subjects make, also where no error was seen.
 *
 * Of scores that were counted, those at or above the threshold are counted once more; of scores that were kept the sums take G²/2 numbers of
 * memory.
 *
 * @param pairs of the same evaluation.
 * @see docs/definitions.md; Hsieh, Turnbull 1996, doi:10.1214/aos/1033066197, for the slope that joins both sides' errors
 */
export function eerInterval(evaluation: Verification, pairs: PairScores): Interval;
export function eerInterval(evaluation: Verification, pairs: CountedPairs): Promise<Interval>;
export function eerInterval(evaluation: Verification, pairs: PairScores | CountedPairs): Interval | Promise<Interval> {
  const threshold = equalErrorThreshold(evaluation);
  if ("falseMatchesAt" in pairs) return pairs.falseMatchesAt(threshold).then((sums) => intervalOf(evaluation, threshold, pairs, sums));
  const { labels, nonMated } = pairs;
  return intervalOf(
    evaluation,
    threshold,
    pairs,
    placeSumsOf(
      labels,
      Int32Array.from(nonMated, (score) => Number(score >= threshold)),
    ),
  );
}

/** @param sums of false matches at the threshold. */
function intervalOf(
  evaluation: Verification,
  threshold: number,
  { labels: { subjectCount }, mated, matedSubjects }: MatedScores,
  sums: PlaceSums,
): Interval {
  const { nonMatedCount } = evaluation;
  const rate = eer(evaluation);
  const slope = slopeAt(evaluation, rate);
  const weights = { missed: 1 / (1 + slope) / mated.length, false: slope / (1 + slope) / nonMatedCount };

  const falseCount = sums.places.reduce((sum, count) => sum + count, 0) / 2; // each is of two subjects
  const fmr = falseCount / nonMatedCount;
  let missedCount = 0;
  for (let i = 0; i < mated.length; i++) if (mated[i] < threshold) missedCount++;
  const fnmr = missedCount / mated.length;

  const totals = sums.comparisons.map((count, i) => weights.false * (sums.places[i] - fmr * count));
  for (let i = 0; i < mated.length; i++) totals[matedSubjects[i]] += weights.missed * ((mated[i] < threshold ? 1 : 0) - fnmr);
  const { squares } = sums;
  const dyads = weights.false ** 2 * (squares.places - 2 * fmr * squares.mixed + fmr ** 2 * squares.comparisons);
  const independent = weights.missed ** 2 * mated.length * fnmr * (1 - fnmr) + weights.false ** 2 * falseCount * (1 - fmr);

  const variance = totals.reduce((sum, total) => sum + total * total, 0) - dyads;
  const adjusted = Math.max(variance, independent) * (subjectCount / (subjectCount - 1));
  const bounds = { least: subjectCount / 2, most: mated.length + nonMatedCount, degreesOfFreedom: contributionDegrees(totals) };
  return dependentInterval(rate, adjusted, bounds);
}

/** Fall of the FNMR for each FMR, between half of the rate and twice the rate; 1 where the rate is 0. */
function slopeAt(evaluation: Verification, rate: number): number {
  const { mated, nonMatedCount } = evaluation;
  if (rate <= 0) return 1;
  const [from, to] = [rate / 2, Math.min(1, 2 * rate)];
  const missed = { from: 1, to: 1 };
  for (const { falseMatches, trueMatches } of rocSteps(evaluation)) {
    const fmr = falseMatches / nonMatedCount;
    if (fmr <= from) missed.from = 1 - trueMatches / mated.length;
    if (fmr > to) break;
    missed.to = 1 - trueMatches / mated.length;
  }
  return (missed.from - missed.to) / (to - from);
}
