import { ValueError } from "../core/errors.js";
import { momentsOf, type Verification } from "./verification.js";

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
  const matedMoments = momentsOf(mated);
  if (matedMoments === null || nonMatedMoments === null) {
    throw new ValueError("dPrime: a score is infinite, which has no variance; leave the rows without a direction out");
  }
  const apart = Math.abs(matedMoments.mean - nonMatedMoments.mean);
  const spread = (matedMoments.variance + nonMatedMoments.variance) / 2;
  return apart === 0 ? 0 : apart / Math.sqrt(spread);
}
