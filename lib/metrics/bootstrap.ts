import { ValueError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { startPace } from "../linalg/pace.js";
import type { Interval } from "./intervals.js";
import type { SubjectStatistic } from "./subject-statistic.js";

/** A figure, and what it was when subjects were drawn again. */
export interface Bootstrap {
  readonly estimate: number;
  /** In the order of the draws. */
  readonly replicates: Float64Array;
  /** Draws that left no mated or no non-mated comparison and were drawn again. */
  readonly redrawnCount: number;
}

export interface BootstrapOptions {
  readonly random: Random;
  /** @defaultValue 1000 */
  readonly replicateCount?: number;
  /**
   * `plain` draws as many subjects as there are, with replacement; `double-or-nothing` takes each subject twice or not at all.
   * @defaultValue "plain"
   */
  readonly resampling?: "plain" | "double-or-nothing";
  readonly signal?: AbortSignal | undefined;
}

/**
 * Draw the subjects of an evaluation again and again, and see how a figure moves: comparisons that share a subject move together.
 *
 * The noise that a comparison has of its own counts up to three times in a non-mated figure, since E[(wᵢ wⱼ)²] = 4 and not 2: intervals of
 * such figures are wide rather than narrow.
 *
 * @throws ValueError when there are fewer than two subjects or replicates, or when most draws leave nothing to compare; the signal's
 * reason when it aborts.
 * @see Owen 2007, doi:10.1214/07-AOAS122 (two-way draws are conservative); Owen, Eckles 2012, doi:10.1214/12-AOAS547 (double or nothing);
 * docs/definitions.md
 */
export async function bootstrapSubjects(
  statistic: SubjectStatistic,
  { random, replicateCount = 1000, resampling = "plain", signal }: BootstrapOptions,
): Promise<Bootstrap> {
  const { subjectCount, operations } = statistic;
  if (!Number.isInteger(replicateCount) || replicateCount < 2 || subjectCount < 2) {
    throw new ValueError(
      `bootstrapSubjects: got ${replicateCount} replicates of ${subjectCount} subjects; it needs whole numbers from 2 on of both`,
    );
  }
  const estimate = statistic.at(new Int32Array(subjectCount).fill(1));
  if (estimate === null) {
    throw new ValueError("bootstrapSubjects: there is no mated or no non-mated comparison; add people or images");
  }
  const pace = startPace(signal);
  const weights = new Int32Array(subjectCount);
  const replicates = new Float64Array(replicateCount);
  let redrawnCount = 0;
  for (let done = 0; done < replicateCount;) {
    if (pace.spend(operations + 10 * subjectCount)) await pace.turn();
    drawWeights(weights, resampling, random);
    const value = statistic.at(weights);
    if (value !== null) replicates[done++] = value;
    else if (++redrawnCount > replicateCount) {
      throw new ValueError(
        `bootstrapSubjects: ${redrawnCount} of ${redrawnCount + done} draws of ${subjectCount} subjects left nothing to compare; evaluate more people`,
      );
    }
  }
  return { estimate, replicates, redrawnCount };
}

/** The 95 % interval between the 2.5 % and the 97.5 % quantile of the replicates (linear between order statistics). */
export function percentileInterval({ replicates }: Bootstrap): Interval {
  const sorted = replicates.slice().sort();
  return { low: quantileOf(sorted, 0.025), high: quantileOf(sorted, 0.975) };
}

/** The value below which so large a share of ascending values lies, linear between neighbours. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const next = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[next] - sorted[low]);
}

/** The mean square deviation of the replicates from their mean (over their number less one). */
export function replicateVariance({ replicates }: Bootstrap): number {
  let mean = 0;
  for (const value of replicates) mean += value / replicates.length;
  let squares = 0;
  for (const value of replicates) squares += (value - mean) ** 2;
  return squares / (replicates.length - 1);
}

function drawWeights(weights: Int32Array, resampling: "plain" | "double-or-nothing", random: Random): void {
  if (resampling === "double-or-nothing") {
    for (let i = 0; i < weights.length; i++) weights[i] = random.uniform() < 0.5 ? 0 : 2;
    return;
  }
  weights.fill(0);
  for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]++;
}
