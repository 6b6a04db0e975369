import { ValueError } from "../core/errors.js";
import type { ScoreLabels } from "./labels.js";
import { firstTemplate } from "./pair-scores.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";

/** Scores in bins of equal width; a score on a border is in the bin above it, and `high` in the last. */
export interface ScoreHistogram {
  readonly low: number;
  readonly high: number;
  readonly mated: Float64Array;
  readonly nonMated: Float64Array;
  /** Scores of either kind outside [low, high], −∞ among them. */
  readonly outside: { readonly mated: number; readonly nonMated: number };
}

export interface HistogramOptions {
  /** @defaultValue -1 */
  readonly low?: number;
  /** @defaultValue 1 */
  readonly high?: number;
  /** @defaultValue 200 */
  readonly binCount?: number;
}

export interface HistogramCounter extends ScoreConsumer {
  /** Counts of the scores that were taken so far. */
  histogram(): ScoreHistogram;
}

/**
 * Count mated and non-mated scores in bins, for a figure: no statistic is read from them.
 *
 * @throws ValueError when the range is empty, or the bins are not a whole number from 1 on.
 */
export function histogramScores(labels: ScoreLabels, { low = -1, high = 1, binCount = 200 }: HistogramOptions = {}): HistogramCounter {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high) || !Number.isInteger(binCount) || binCount < 1) {
    throw new ValueError(
      `histogramScores: got ${binCount} bins from ${low} to ${high}; it needs a whole number of bins and a range that ends above its beginning`,
    );
  }
  const mated = new Float64Array(binCount);
  const nonMated = new Float64Array(binCount);
  const outside = { mated: 0, nonMated: 0 };
  const scale = binCount / (high - low);
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      for (let row = 0; row < scores.rows; row++) {
        const probe = firstProbe + row;
        for (let j = firstTemplate(labels, probe); j < scores.columns; j++) {
          const score = scores.data[row * scores.columns + j];
          const isMated = labels.gallery[j] === labels.probes[probe];
          if (score >= low && score <= high) (isMated ? mated : nonMated)[Math.min(binCount - 1, Math.floor((score - low) * scale))]++;
          else outside[isMated ? "mated" : "nonMated"]++;
        }
      }
    },
    histogram: () => ({ low, high, mated: mated.slice(), nonMated: nonMated.slice(), outside: { ...outside } }),
  };
}
