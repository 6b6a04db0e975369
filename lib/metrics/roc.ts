import { ValueError } from "../core/errors.js";
import type { Verification } from "./verification.js";

/** One vertex of a ROC curve: both rates at the same threshold. */
export interface RocPoint {
  readonly fmr: number;
  readonly tmr: number;
}

/**
 * The ROC curve from (0, 0) to (1, 1) as the vertices where it turns; equal scores move together, so a tie between the sides is a slope.
 *
 * Steps along one straight line are one step, which changes no area and no crossing.
 */
export function roc(evaluation: Verification): RocPoint[] {
  const points: RocPoint[] = [{ fmr: 0, tmr: 0 }];
  for (const step of rocSteps(evaluation)) {
    const point = { fmr: step.falseMatches / evaluation.nonMatedCount, tmr: step.trueMatches / evaluation.mated.length };
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

/** Both counts at one threshold. */
export interface RocStep {
  readonly falseMatches: number;
  readonly trueMatches: number;
}

/** Cumulated matches as the threshold falls past each gap and each mated value, from the top. */
export function* rocSteps({ places, counts }: Verification): Generator<RocStep> {
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
