import { ValueError } from "../core/errors.js";
import { allowedMatches } from "./allowed-matches.js";
import { rocSteps, type RocStep } from "./roc.js";
import type { ListedVerification, Verification } from "./verification.js";

/** What a verifier does at the threshold that an allowed false match rate leads to. */
export interface OperatingPoint {
  readonly tmr: number;
  /**
   * Smallest observed score whose false match rate is the achieved one; Infinity where no score is. For `interpolated`, of the vertex below;
   * for `grid`, the cosine that the chosen squared distance stands for.
   */
  readonly threshold: number;
  /** False match rate at that point; above what is asked only for `nearest` and `grid`. */
  readonly achievedFmr: number;
  /** False matches that are allowed: floor(fmr · non-mated scores). */
  readonly allowedCount: number;
  /** Whether there are at least 30 / fmr non-mated scores: with fewer, the threshold rests on a handful of them. */
  readonly resolved: boolean;
}

export interface OperatingPointOptions {
  /**
   * `conservative`: the smallest threshold whose false match rate is allowed. `interpolated`: along the straight line between ROC vertices.
   * `nearest`: the vertex whose false match rate is nearest, the more permissive of two. `grid`: for cosines, squared distances
   * 2 − 2s from 0 to 4 in steps of 0.001, accepted below the threshold, which is interpolated.
   *
   * @defaultValue "conservative"
   */
  readonly method?: "conservative" | "interpolated" | "nearest" | "grid";
}

/** Squared distances a unit apart on the grid. */
const gridSteps = 1000;

/**
 * True match rate at the false match rate `fmr`.
 *
 * With non-mated scores s₁ ≥ s₂ ≥ … and k = floor(fmr · n) allowed false matches, the conservative threshold lies above s₍ₖ₊₁₎ and all
 * that equals it.
 *
 * @throws ValueError when `fmr` is not in [0, 1), when scores were only counted and this rate was not asked for beforehand, or when
 * the grid is asked of scores that were only counted.
 * @see docs/definitions.md
 */
export function tmrAtFmr(evaluation: Verification, fmr: number, { method = "conservative" }: OperatingPointOptions = {}): OperatingPoint {
  checkFmr(fmr);
  const allowedCount = allowedMatches(fmr, evaluation.nonMatedCount);
  const about = { allowedCount, resolved: fmr * evaluation.nonMatedCount >= 30 };
  switch (method) {
    case "conservative":
      return { ...pointOf(evaluation, allowedCount), ...about };
    case "interpolated":
      return { ...pointOf(evaluation, allowedCount), tmr: interpolatedTmr(evaluation, fmr), achievedFmr: fmr, ...about };
    case "nearest":
      return { ...nearestPoint(evaluation, fmr, allowedCount), ...about };
    case "grid":
      return { ...gridPoint(evaluation, fmr), ...about };
  }
}

/** @throws ValueError when the rate is not in [0, 1). */
export function checkFmr(fmr: number): void {
  if (!(fmr >= 0 && fmr < 1)) throw new ValueError(`tmrAtFmr: got an FMR of ${fmr}; it must be at least 0 and below 1`);
}

type Point = Pick<OperatingPoint, "tmr" | "threshold" | "achievedFmr">;

/** At the smallest threshold that lets at most so many non-mated scores pass. */
function pointOf(evaluation: Verification, allowedCount: number): Point {
  const { mated, places, nonMatedCount } = evaluation;
  const { score, above, next } = evaluation.stepAt(allowedCount);
  const first = firstAbove(places.distinct, score);
  const threshold = first < places.distinct.length ? Math.min(next, places.distinct[first]) : next;
  return { tmr: (mated.length - places.below[first]) / mated.length, threshold, achievedFmr: above / nonMatedCount };
}

function nearestPoint(evaluation: Verification, fmr: number, allowedCount: number): Point {
  const { nonMatedCount, places } = evaluation;
  const { score, above, atOrAbove } = evaluation.stepAt(allowedCount);
  if (fmr - above / nonMatedCount < atOrAbove / nonMatedCount - fmr) return pointOf(evaluation, above);
  if (atOrAbove < nonMatedCount) return pointOf(evaluation, atOrAbove);
  return { tmr: 1, threshold: Math.min(score, places.distinct[0]), achievedFmr: 1 };
}

function interpolatedTmr(evaluation: Verification, fmr: number): number {
  const { mated, nonMatedCount } = evaluation;
  let before: RocStep = { falseMatches: 0, trueMatches: 0 };
  for (const step of rocSteps(evaluation)) {
    const rate = step.falseMatches / nonMatedCount;
    if (rate > fmr) {
      const share = (fmr - before.falseMatches / nonMatedCount) / (rate - before.falseMatches / nonMatedCount);
      return (before.trueMatches + share * (step.trueMatches - before.trueMatches)) / mated.length;
    }
    before = step;
  }
  return before.trueMatches / mated.length;
}

/** The threshold on the grid as the ten-fold scripts for squared distances choose it. */
function gridPoint(evaluation: Verification, fmr: number): Point {
  if (!("nonMated" in evaluation)) {
    throw new ValueError(
      "tmrAtFmr: the grid needs every non-mated score, and these were only counted; collect the pairs, or choose another method",
    );
  }
  const { mated, nonMated } = evaluation as ListedVerification;
  const [mates, others] = [mated, nonMated].map((scores) => Float64Array.from(scores, (score) => 2 - 2 * score).sort());
  const rateAt = (step: number): number => firstAtLeast(others, step / gridSteps) / others.length;
  let step = 0;
  while (step < 4 * gridSteps && rateAt(step) < fmr) step++;
  let squared = step / gridSteps;
  if (rateAt(step) < fmr) squared = 0;
  else if (step > 0) squared -= (rateAt(step) - fmr) / (rateAt(step) - rateAt(step - 1)) / gridSteps;
  return {
    tmr: firstAtLeast(mates, squared) / mates.length,
    threshold: 1 - squared / 2,
    achievedFmr: firstAtLeast(others, squared) / others.length,
  };
}

/** How many of the ascending values are below `value`. */
function firstAtLeast(values: Float64Array, value: number): number {
  return search(values.length, (i) => values[i] < value);
}

function firstAbove(values: Float32Array, value: number): number {
  return search(values.length, (i) => values[i] <= value);
}

/** The first of `count` places at which `isBefore` no longer holds. */
function search(count: number, isBefore: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
