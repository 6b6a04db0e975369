import { ValueError } from "../core/errors.js";
import { placesAmong, type Places } from "./places.js";
import { selectSmallest } from "./select.js";

/**
 * Mated and non-mated scores of one evaluation. Scores are similarities; a comparison is accepted when score ≥ threshold.
 *
 * Every figure is read from `counts`, the non-mated scores counted between and on the sorted mated ones, and is exact.
 */
export interface Verification {
  readonly mated: Float32Array;
  readonly nonMated: Float32Array;
  /** The mated scores, sorted. */
  readonly places: Places;
  /** Where each non-mated score falls among the mated ones. */
  readonly nonMatedPlaces: Int32Array;
  /** Non-mated scores at each place. */
  readonly counts: Float64Array;
}

/** One vertex of a ROC curve: both rates at the same threshold. */
export interface RocPoint {
  readonly fmr: number;
  readonly tmr: number;
}

/** What a verifier does at the threshold that an allowed false match rate leads to. */
export interface OperatingPoint {
  readonly tmr: number;
  /** Smallest observed score whose false match rate is allowed; Infinity where no score is. */
  readonly threshold: number;
  /** False match rate at that threshold; never above what is allowed. */
  readonly achievedFmr: number;
  /** False matches that are allowed: floor(fmr · non-mated scores). */
  readonly allowedCount: number;
  /** Whether there are at least 30 / fmr non-mated scores: with fewer, the threshold rests on a handful of them. */
  readonly resolved: boolean;
}

/** So that an allowed count that rounding left just under a whole number, as in 0.29 · 100, still is that number. */
const roundingShare = 1e-12;

/**
 * Sort out what was seen in one verification evaluation.
 *
 * @throws ValueError when a side is empty or a score is NaN.
 */
export function verification(mated: Float32Array, nonMated: Float32Array): Verification {
  if (mated.length === 0 || nonMated.length === 0) {
    throw new ValueError(
      `verification: got ${mated.length} mated and ${nonMated.length} non-mated scores; it needs at least one of each, so add people or images`,
    );
  }
  checkNumbers(mated, "mated");
  checkNumbers(nonMated, "non-mated");
  const places = placesAmong(mated);
  const counts = new Float64Array(places.placeCount);
  const nonMatedPlaces = places.placesOf(nonMated);
  for (let i = 0; i < nonMatedPlaces.length; i++) counts[nonMatedPlaces[i]]++;
  return { mated, nonMated, places, nonMatedPlaces, counts };
}

/**
 * The probability that a mated score is above a non-mated one, ties counted half: the area under the ROC curve.
 *
 * @see Hanley, McNeil 1982, doi:10.1148/radiology.143.1.7063747
 */
export function auc({ mated, nonMated, counts }: Verification): number {
  const most = counts.length - 1;
  let won = 0;
  for (let place = 0; place <= most; place++) won += counts[place] * (most - place);
  return won / (2 * mated.length) / nonMated.length;
}

/**
 * The ROC curve from (0, 0) to (1, 1) as the vertices where it turns; equal scores move together, so a tie between the sides is a slope.
 *
 * Steps along one straight line are one step, which changes no area and no crossing.
 */
export function roc(evaluation: Verification): RocPoint[] {
  const points: RocPoint[] = [{ fmr: 0, tmr: 0 }];
  for (const step of steps(evaluation)) {
    const point = { fmr: step.falseMatches / evaluation.nonMated.length, tmr: step.trueMatches / evaluation.mated.length };
    const previous = points[points.length - 1];
    const before = points.length > 1 ? points[points.length - 2] : null;
    const upright = before !== null && before.fmr === previous.fmr && previous.fmr === point.fmr;
    const level = before !== null && before.tmr === previous.tmr && previous.tmr === point.tmr;
    if (upright || level) points.pop();
    points.push(point);
  }
  return points;
}

/**
 * At most `count` vertices of a ROC curve for a plot with a logarithmic FMR axis: the two ends, and between them those nearest
 * to even steps of log FMR. For figures only.
 *
 * @throws ValueError when fewer than two points are asked for.
 */
export function thinRoc(points: readonly RocPoint[], count: number): RocPoint[] {
  if (!Number.isInteger(count) || count < 2) throw new ValueError(`thinRoc: got ${count} points; it needs a whole number from 2 on`);
  if (points.length <= count) return points.slice();
  const smallest = points.find((point) => point.fmr > 0)?.fmr ?? 1;
  const cells = count - 2;
  const cellOf = ({ fmr }: RocPoint): number =>
    fmr > smallest ? Math.min(cells - 1, Math.floor((1 - Math.log(fmr) / Math.log(smallest)) * cells)) : 0;
  const inner = points.slice(1, -1);
  const kept = inner.filter((point, i) => cells > 0 && (i === inner.length - 1 || cellOf(inner[i + 1]) !== cellOf(point)));
  return [points[0], ...kept, points[points.length - 1]];
}

/**
 * True match rate at the smallest observed threshold whose false match rate is at most `fmr` (conservative).
 *
 * With non-mated scores s₁ ≥ s₂ ≥ … and k = floor(fmr · n) allowed false matches, the threshold lies above s₍ₖ₊₁₎ and all that equals it.
 *
 * @throws ValueError when `fmr` is not in [0, 1).
 * @see DEFINITIONS 5.3
 */
export function tmrAtFmr(evaluation: Verification, fmr: number): OperatingPoint {
  if (!(fmr >= 0 && fmr < 1)) throw new ValueError(`tmrAtFmr: got an FMR of ${fmr}; it must be at least 0 and below 1`);
  const { mated, nonMated, places } = evaluation;
  const count = nonMated.length;
  const allowedCount = Math.min(count - 1, Math.floor(fmr * count * (1 + roundingShare)));
  const refused = nthLargest(evaluation, allowedCount);
  let falseMatches = 0;
  let threshold = Infinity;
  for (let i = 0; i < count; i++) {
    if (nonMated[i] <= refused) continue;
    falseMatches++;
    if (nonMated[i] < threshold) threshold = nonMated[i];
  }
  const next = firstAbove(places, refused);
  if (next < places.distinct.length && places.distinct[next] < threshold) threshold = places.distinct[next];
  return {
    tmr: (mated.length - places.below[next]) / mated.length,
    threshold,
    achievedFmr: falseMatches / count,
    allowedCount,
    resolved: fmr * count >= 30,
  };
}

/**
 * The rate at which false matches and false non-matches are equally frequent, between vertices along the straight ROC segment.
 *
 * @see DEFINITIONS 5.4, linear crossing
 */
export function eer(evaluation: Verification): number {
  let fmr = 0;
  let fnmr = 1;
  for (const step of steps(evaluation)) {
    const nextFmr = step.falseMatches / evaluation.nonMated.length;
    const nextFnmr = 1 - step.trueMatches / evaluation.mated.length;
    if (nextFmr >= nextFnmr) {
      const gap = fnmr - fmr;
      const share = gap / (gap + nextFmr - nextFnmr);
      return fmr + share * (nextFmr - fmr);
    }
    fmr = nextFmr;
    fnmr = nextFnmr;
  }
  return fmr;
}

/** Cumulated matches as the threshold falls past each gap and each mated value, from the top. */
function* steps({ places, counts }: Verification): Generator<{ falseMatches: number; trueMatches: number }> {
  const { distinct, below } = places;
  let falseMatches = 0;
  let trueMatches = 0;
  for (let j = distinct.length; j >= 0; j--) {
    const gap = counts[2 * below[j]];
    if (gap > 0) yield { falseMatches: (falseMatches += gap), trueMatches };
    if (j === 0) return;
    falseMatches += counts[below[j - 1] + below[j]];
    trueMatches += below[j] - below[j - 1];
    yield { falseMatches, trueMatches };
  }
}

/** The non-mated score that `above` others precede in descending order; only the scores of its place are looked at. */
function nthLargest({ nonMated, nonMatedPlaces, counts }: Verification, above: number): number {
  let left = above;
  let place = counts.length - 1;
  while (left >= counts[place]) left -= counts[place--];
  const candidates = new Float32Array(counts[place]);
  let found = 0;
  for (let i = 0; i < nonMated.length; i++) if (nonMatedPlaces[i] === place) candidates[found++] = nonMated[i];
  return selectSmallest(candidates, candidates.length - 1 - left);
}

function firstAbove({ distinct }: Places, score: number): number {
  let low = 0;
  let high = distinct.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distinct[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkNumbers(scores: Float32Array, side: string): void {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new ValueError(`verification: ${side} score ${i} is NaN; leave that comparison out`);
  }
}
