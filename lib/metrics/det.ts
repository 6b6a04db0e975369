import { probit } from "./probit.js";
import { rocSteps, type RocStep } from "./roc.js";
import type { Verification } from "./verification.js";

/** One vertex of a DET curve: both error rates, and where they stand on normal-deviate axes. */
export interface DetPoint {
  readonly fmr: number;
  readonly fnmr: number;
  /** probit(FMR) and probit(FNMR), each rate clipped to [1/(2N), 1 − 1/(2N)] of its side. */
  readonly x: number;
  readonly y: number;
}

export interface DetCurve {
  readonly points: readonly DetPoint[];
  /** Where the axes are clipped: half a comparison. */
  readonly finest: { readonly fmr: number; readonly fnmr: number };
  /** Below these rates fewer than 30 errors carry the curve (rule of 30). */
  readonly resolved: { readonly fmr: number; readonly fnmr: number };
}

/**
 * The DET curve of a verification evaluation, FMR rising.
 *
 * @see Martin et al. 1997, "The DET curve in assessment of detection task performance", Eurospeech; docs/definitions.md
 */
export function det(evaluation: Verification): DetCurve {
  return detCurve(rocSteps(evaluation), evaluation.mated.length, evaluation.nonMatedCount);
}

/** The curve through (0, 0) and these counts. */
export function detCurve(steps: Iterable<RocStep>, matedCount: number, nonMatedCount: number): DetCurve {
  const finest = { fmr: 1 / (2 * nonMatedCount), fnmr: 1 / (2 * matedCount) };
  const deviate = (rate: number, least: number): number => probit(Math.min(1 - least, Math.max(least, rate)));
  const points: DetPoint[] = [];
  const add = ({ falseMatches, trueMatches }: RocStep): void => {
    const [fmr, fnmr] = [falseMatches / nonMatedCount, (matedCount - trueMatches) / matedCount];
    points.push({ fmr, fnmr, x: deviate(fmr, finest.fmr), y: deviate(fnmr, finest.fnmr) });
  };
  add({ falseMatches: 0, trueMatches: 0 });
  for (const step of steps) add(step);
  return { points, finest, resolved: { fmr: Math.min(1, 30 / nonMatedCount), fnmr: Math.min(1, 30 / matedCount) } };
}
