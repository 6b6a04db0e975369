import { rocSteps, type RocStep } from "./roc.js";
import type { Verification } from "./verification.js";

export interface EerOptions {
  /**
   * `linear`: where the straight ROC segment crosses FMR = FNMR. `midpoint`: of eerBounds. `minimum gap`: the mean of both rates at the
   * vertex where they are nearest, the stricter of two. `convex hull`: the crossing of the ROC's convex hull.
   *
   * @defaultValue "linear"
   */
  readonly method?: "linear" | "midpoint" | "minimum gap" | "convex hull";
}

/**
 * The rate at which false matches and false non-matches are equally frequent.
 *
 * @see docs/definitions.md; Brümmer, de Villiers 2011, "The BOSARIS Toolkit", arXiv:1304.2865 (convex hull)
 */
export function eer(evaluation: Verification, { method = "linear" }: EerOptions = {}): number {
  switch (method) {
    case "linear":
      return crossingOf(evaluation, rocSteps(evaluation));
    case "convex hull":
      return crossingOf(evaluation, hullOf(rocSteps(evaluation)));
    case "midpoint": {
      const { low, high } = eerBounds(evaluation);
      return (low + high) / 2;
    }
    case "minimum gap": {
      const [before, after] = verticesAround(evaluation);
      const gapAt = (step: RocStep): number => Math.abs(falseShare(evaluation, step) - missedShare(evaluation, step));
      const { fmr, fnmr } = ratesAt(evaluation, gapAt(before) <= gapAt(after) ? before : after);
      return (fmr + fnmr) / 2;
    }
  }
}

/**
 * The two rates between which the equal error rate lies: at the vertex next to the crossing, on the side where they sum to less.
 *
 * @see Maio et al. 2002, "FVC2000: fingerprint verification competition", doi:10.1109/34.990140
 */
export function eerBounds(evaluation: Verification): { readonly low: number; readonly high: number } {
  const [before, after] = verticesAround(evaluation);
  const sumAt = (step: RocStep): number => falseShare(evaluation, step) + missedShare(evaluation, step);
  const isAtAfter = falseShare(evaluation, after) === missedShare(evaluation, after) || sumAt(after) <= sumAt(before);
  const { fmr, fnmr } = ratesAt(evaluation, isAtAfter ? after : before);
  return isAtAfter ? { low: fnmr, high: fmr } : { low: fmr, high: fnmr };
}

/** How many non-mated scores precede the one at which FMR passes FNMR; null where both sides change at once there. */
export function equalErrorPlace(evaluation: Verification): number | null {
  const [before, after] = coarseVerticesAround(evaluation);
  if (before.trueMatches !== after.trueMatches) return null;
  const { mated, nonMatedCount } = evaluation;
  const needed = ((mated.length - before.trueMatches) * nonMatedCount) / mated.length;
  return Math.min(after.falseMatches, Math.max(before.falseMatches + 1, Math.ceil(needed))) - 1;
}

/** The largest score from which on FMR is at least FNMR. */
export function equalErrorThreshold(evaluation: Verification): number {
  const place = equalErrorPlace(evaluation);
  if (place !== null) return evaluation.stepAt(place).score;
  const { distinct, below } = evaluation.places;
  const missed = evaluation.mated.length - coarseVerticesAround(evaluation)[1].trueMatches;
  return distinct[below.indexOf(missed)];
}

function ratesAt({ mated, nonMatedCount }: Verification, step: RocStep): { fmr: number; fnmr: number } {
  return { fmr: step.falseMatches / nonMatedCount, fnmr: (mated.length - step.trueMatches) / mated.length };
}

/** FMR and FNMR in whole numbers: times the numbers of mated and of non-mated scores. */
function falseShare({ mated }: Verification, { falseMatches }: RocStep): number {
  return falseMatches * mated.length;
}

function missedShare({ mated, nonMatedCount }: Verification, { trueMatches }: RocStep): number {
  return (mated.length - trueMatches) * nonMatedCount;
}

function coarseVerticesAround(evaluation: Verification): [RocStep, RocStep] {
  let before: RocStep = { falseMatches: 0, trueMatches: 0 };
  for (const step of rocSteps(evaluation)) {
    if (falseShare(evaluation, step) >= missedShare(evaluation, step)) return [before, step];
    before = step;
  }
  return [before, before];
}

/** The neighbouring ROC vertices before and after FMR passes FNMR, one for each distinct score. */
function verticesAround(evaluation: Verification): [RocStep, RocStep] {
  const coarse = coarseVerticesAround(evaluation);
  const place = equalErrorPlace(evaluation);
  if (place === null) return coarse;
  const { above, atOrAbove } = evaluation.stepAt(place);
  const { trueMatches } = coarse[0];
  return [
    { falseMatches: above, trueMatches },
    { falseMatches: atOrAbove, trueMatches },
  ];
}

function crossingOf({ mated, nonMatedCount }: Verification, steps: Iterable<RocStep>): number {
  let fmr = 0;
  let fnmr = 1;
  for (const step of steps) {
    const nextFmr = step.falseMatches / nonMatedCount;
    const nextFnmr = 1 - step.trueMatches / mated.length;
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

/** Vertices of the upper convex hull after (0, 0). */
function hullOf(steps: Iterable<RocStep>): RocStep[] {
  const hull: RocStep[] = [{ falseMatches: 0, trueMatches: 0 }];
  for (const step of steps) {
    while (hull.length > 1 && !turnsRight(hull[hull.length - 2], hull[hull.length - 1], step)) hull.pop();
    hull.push(step);
  }
  return hull.slice(1);
}

function turnsRight(one: RocStep, two: RocStep, three: RocStep): boolean {
  const [x, y] = [two.falseMatches - one.falseMatches, two.trueMatches - one.trueMatches];
  return x * (three.trueMatches - one.trueMatches) - y * (three.falseMatches - one.falseMatches) < 0;
}
