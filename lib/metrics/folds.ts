import { ValueError } from "../core/errors.js";
import { eer } from "./equal-error.js";
import { auc, verification } from "./verification.js";

/** Scores of one fold of a verification protocol. */
export interface FoldScores {
  readonly mated: Float32Array;
  readonly nonMated: Float32Array;
}

/** A figure fold by fold: its mean, and the standard error of the mean, sd (over folds less one) / √folds. */
export interface FoldFigure {
  readonly mean: number;
  readonly standardError: number;
  readonly values: readonly number[];
}

export interface FoldVerification {
  /** Share of right decisions in each fold, at the threshold that is best on the others. */
  readonly accuracy: FoldFigure;
  readonly thresholds: readonly number[];
  readonly eer: FoldFigure;
  readonly auc: FoldFigure;
}

/**
 * Verify by folds, as LFW View 2 and CFP are published: the threshold comes from all folds but one, the accuracy from that one; EER and
 * AUC are those of each fold.
 *
 * Folds share no pair, but people: the standard error is the published convention, not one over subjects.
 *
 * @throws ValueError when there are fewer than two folds, a fold lacks a side, or a score is NaN.
 * @see Huang et al. 2007, Labeled Faces in the Wild, UMass Amherst TR 07-49, section 3; Sengupta et al. 2016, doi:10.1109/WACV.2016.7477558
 */
export function verifyFolds(folds: readonly FoldScores[]): FoldVerification {
  if (folds.length < 2)
    throw new ValueError(`verifyFolds: got ${folds.length} folds; it needs at least two, to choose a threshold on others`);
  folds.forEach(({ mated, nonMated }, fold) => {
    if (mated.length > 0 && nonMated.length > 0) return;
    throw new ValueError(
      `verifyFolds: fold ${fold + 1} has ${mated.length} mated and ${nonMated.length} non-mated scores; it needs at least one of each`,
    );
  });
  const evaluations = folds.map(({ mated, nonMated }) => verification(mated, nonMated));
  const thresholds = folds.map((_, left) => {
    const others = folds.filter((__, fold) => fold !== left);
    return mostAccurateThreshold(joined(others.map(({ mated }) => mated)), joined(others.map(({ nonMated }) => nonMated)));
  });
  return {
    accuracy: summarise(folds.map((fold, i) => accuracyAt(fold, thresholds[i]))),
    thresholds,
    eer: summarise(evaluations.map((evaluation) => eer(evaluation))),
    auc: summarise(evaluations.map(auc)),
  };
}

/**
 * The threshold with the largest share of right decisions: in the middle of a gap between scores, of the widest where several are best.
 *
 * Where accepting nothing or everything is best, the threshold is Infinity or −Infinity.
 */
function mostAccurateThreshold(mated: Float32Array, nonMated: Float32Array): number {
  const accepted = mated.slice().sort();
  const refused = nonMated.slice().sort();
  let best = -1;
  let widest = -1;
  let threshold = Infinity;
  let m = 0;
  let n = 0;
  let previous = -Infinity;
  for (;;) {
    // Everything below the next score is refused: m mated scores are missed and n non-mated ones rightly so.
    const next = Math.min(m < accepted.length ? accepted[m] : Infinity, n < refused.length ? refused[n] : Infinity);
    const right = accepted.length - m + n;
    const gap = next - previous;
    if (right > best || (right === best && gap > widest)) {
      best = right;
      widest = gap;
      threshold = Number.isFinite(gap) ? previous + gap / 2 : previous === -Infinity ? -Infinity : Infinity;
    }
    if (m === accepted.length && n === refused.length) return threshold;
    while (m < accepted.length && accepted[m] === next) m++;
    while (n < refused.length && refused[n] === next) n++;
    previous = next;
  }
}

function accuracyAt({ mated, nonMated }: FoldScores, threshold: number): number {
  let right = 0;
  for (const score of mated) if (score >= threshold) right++;
  for (const score of nonMated) if (score < threshold) right++;
  return right / (mated.length + nonMated.length);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function summarise(values: readonly number[]): FoldFigure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length), values };
}
