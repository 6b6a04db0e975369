import { ShapeError, ValueError } from "../core/errors.js";
import { checkWeights } from "./fuse-rows.js";
import type { PairScores } from "./pair-scores.js";
import { auc, verification, type Verification } from "./verification.js";

/** Where non-mated scores of one system lie. */
export interface ScoreScale {
  readonly mean: number;
  /** Standard deviation, over their number. */
  readonly deviation: number;
}

/**
 * Mean and standard deviation of the non-mated scores: taken on people who are not tested, they bring systems to one scale.
 *
 * @throws ValueError when there are none, one is not finite, or all are equal.
 */
export function scaleOf({ nonMated }: PairScores): ScoreScale {
  let mean = 0;
  for (let i = 0; i < nonMated.length; i++) mean += nonMated[i] / nonMated.length;
  let squares = 0;
  for (let i = 0; i < nonMated.length; i++) squares += (nonMated[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / nonMated.length);
  if (!(deviation > 0 && deviation < Infinity)) {
    throw new ValueError(
      `scaleOf: the standard deviation of ${nonMated.length} non-mated scores is ${nonMated.length === 0 ? "that of nothing" : deviation}; it needs finite scores that differ`,
    );
  }
  return { mean, deviation };
}

/** Scores less the mean, divided by the standard deviation (z-normalisation with one scale for all). */
export function normaliseScores(pairs: PairScores, { mean, deviation }: ScoreScale): PairScores {
  if (!(deviation > 0)) throw new ValueError(`normaliseScores: got the standard deviation ${deviation}; it must be above 0`);
  const normalise = (score: number): number => (score - mean) / deviation;
  return { ...pairs, mated: pairs.mated.map(normalise), nonMated: pairs.nonMated.map(normalise) };
}

/**
 * The weighted sum of several systems' scores of the same comparisons.
 *
 * @param weights not negative, one a system; equal when left out.
 * @throws ShapeError when the systems did not make the same comparisons; ValueError when a weight is not allowed.
 */
export function fuseScores(systems: readonly PairScores[], weights: readonly number[] = systems.map(() => 1)): PairScores {
  if (systems.length === 0 || weights.length !== systems.length) {
    throw new ShapeError(`fuseScores: got ${weights.length} weights for ${systems.length} systems; give one for each of at least one`);
  }
  checkWeights(weights, "fuseScores");
  const other = systems.findIndex((system) => !sameComparisons(system, systems[0]));
  if (other >= 0) {
    throw new ShapeError(`fuseScores: system ${other} made other comparisons than system 0; score the same probes and gallery with each`);
  }
  const sum = (side: "mated" | "nonMated"): Float32Array =>
    systems[0][side].map((_, i) => systems.reduce((total, system, k) => total + (weights[k] > 0 ? weights[k] * system[side][i] : 0), 0));
  return { ...systems[0], mated: sum("mated"), nonMated: sum("nonMated") };
}

export interface TuneFusionOptions {
  /** What is to be large on the scores it is tuned on. @defaultValue auc */
  readonly measure?: (evaluation: Verification) => number;
  /** Steps from 0 to 1. @defaultValue 20 */
  readonly stepCount?: number;
}

/** The weight that a second system gets beside 1 − weight for the first, and the measure at each weight tried. */
export interface TunedFusion {
  readonly weight: number;
  readonly value: number;
  readonly path: readonly { readonly weight: number; readonly value: number }[];
}

/**
 * Choose the weight of `second` beside `first` by scores of people who are not tested; the smallest weight of those that are best.
 *
 * @throws ShapeError as fuseScores does; ValueError when steps are not a whole number from 1 on.
 */
export function tuneFusion(first: PairScores, second: PairScores, { measure = auc, stepCount = 20 }: TuneFusionOptions = {}): TunedFusion {
  if (!Number.isInteger(stepCount) || stepCount < 1) {
    throw new ValueError(`tuneFusion: got ${stepCount} steps; it needs a whole number from 1 on`);
  }
  const path = Array.from({ length: stepCount + 1 }, (_, step) => {
    const weight = step / stepCount;
    const { mated, nonMated } = fuseScores([first, second], [1 - weight, weight]);
    return { weight, value: measure(verification(mated, nonMated)) };
  });
  const best = path.reduce((found, one) => (one.value > found.value ? one : found));
  return { ...best, path };
}

function sameComparisons({ labels: one }: PairScores, { labels: other }: PairScores): boolean {
  const same = (left: Int32Array, right: Int32Array): boolean =>
    left.length === right.length && left.every((value, i) => value === right[i]);
  return one === other || (one.pairs === other.pairs && same(one.probes, other.probes) && same(one.gallery, other.gallery));
}
