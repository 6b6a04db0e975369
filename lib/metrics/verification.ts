import { ValueError } from "../core/errors.js";
import { placesAmong, type Places } from "./places.js";
import { selectSmallest } from "./select.js";

/**
 * What one verification evaluation saw. Scores are similarities; a comparison is accepted when score ≥ threshold.
 *
 * Every figure is read from `counts`, the non-mated scores counted between and on the sorted mated ones, and is exact, whether the
 * non-mated scores were kept (`verification`) or only counted (`scoreRecognition`).
 */
export interface Verification {
  readonly mated: Float32Array;
  /** The mated scores, sorted. */
  readonly places: Places;
  /** Non-mated scores at each place among them. */
  readonly counts: Float64Array;
  readonly nonMatedCount: number;
  /** Of the non-mated scores, the variance over their number; null when one of them is −∞. */
  readonly nonMatedMoments: ScoreMoments | null;
  /**
   * The non-mated score that `above` others precede in descending order, with its surroundings.
   *
   * @throws ValueError when scores were counted and nobody asked for that place beforehand.
   */
  stepAt(above: number): NonMatedStep;
}

/** An evaluation that keeps its non-mated scores. */
export interface ListedVerification extends Verification {
  readonly nonMated: Float32Array;
  /** Where each non-mated score falls among the mated ones. */
  readonly nonMatedPlaces: Int32Array;
}

export interface ScoreMoments {
  readonly mean: number;
  readonly variance: number;
}

/** One distinct non-mated score. */
export interface NonMatedStep {
  readonly score: number;
  /** Non-mated scores above it. */
  readonly above: number;
  /** Non-mated scores at or above it. */
  readonly atOrAbove: number;
  /** The smallest non-mated score above it; Infinity for the largest. */
  readonly next: number;
}

/**
 * Sort out what was seen in one verification evaluation.
 *
 * @throws ValueError when a side is empty or a score is NaN.
 */
export function verification(mated: Float32Array, nonMated: Float32Array): ListedVerification {
  checkSides(mated.length, nonMated.length);
  checkNumbers(mated, "mated");
  checkNumbers(nonMated, "non-mated");
  const places = placesAmong(mated);
  const counts = new Float64Array(places.placeCount);
  const nonMatedPlaces = places.placesOf(nonMated);
  for (let i = 0; i < nonMatedPlaces.length; i++) counts[nonMatedPlaces[i]]++;
  return {
    mated,
    nonMated,
    places,
    nonMatedPlaces,
    counts,
    nonMatedCount: nonMated.length,
    get nonMatedMoments(): ScoreMoments | null {
      return momentsOf(nonMated);
    },
    stepAt: (above) => stepAmong(nonMated, nthLargest(nonMated, nonMatedPlaces, counts, above)),
  };
}

/** @throws ValueError when a side is empty. */
export function checkSides(matedCount: number, nonMatedCount: number): void {
  if (matedCount > 0 && nonMatedCount > 0) return;
  throw new ValueError(
    `verification: got ${matedCount} mated and ${nonMatedCount} non-mated scores; it needs at least one of each, so add people or images`,
  );
}

/**
 * The probability that a mated score is above a non-mated one, ties counted half: the area under the ROC curve.
 *
 * @see Hanley, McNeil 1982, doi:10.1148/radiology.143.1.7063747
 */
export function auc({ mated, nonMatedCount, counts }: Verification): number {
  const most = counts.length - 1;
  let won = 0;
  for (let place = 0; place <= most; place++) won += counts[place] * (most - place);
  return won / (2 * mated.length) / nonMatedCount;
}

/** Mean and variance over the number of scores; null when one is infinite. */
export function momentsOf(scores: Float32Array): ScoreMoments | null {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i];
  if (!Number.isFinite(sum)) return null;
  const mean = sum / scores.length;
  let spread = 0;
  for (let i = 0; i < scores.length; i++) spread += (scores[i] - mean) ** 2;
  return { mean, variance: spread / scores.length };
}

/** The non-mated score that `above` others precede in descending order; only the scores of its place are looked at. */
function nthLargest(nonMated: Float32Array, nonMatedPlaces: Int32Array, counts: Float64Array, above: number): number {
  let left = above;
  let place = counts.length - 1;
  while (left >= counts[place]) left -= counts[place--];
  const candidates = new Float32Array(counts[place]);
  let found = 0;
  for (let i = 0; i < nonMated.length; i++) if (nonMatedPlaces[i] === place) candidates[found++] = nonMated[i];
  return selectSmallest(candidates, candidates.length - 1 - left);
}

function stepAmong(nonMated: Float32Array, score: number): NonMatedStep {
  let above = 0;
  let tied = 0;
  let next = Infinity;
  for (let i = 0; i < nonMated.length; i++) {
    if (nonMated[i] === score) tied++;
    if (nonMated[i] <= score) continue;
    above++;
    if (nonMated[i] < next) next = nonMated[i];
  }
  return { score, above, atOrAbove: above + tied, next };
}

function checkNumbers(scores: Float32Array, side: string): void {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new ValueError(`verification: ${side} score ${i} is NaN; leave that comparison out`);
  }
}
