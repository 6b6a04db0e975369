import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import type { ScoreLabels } from "../../lib/metrics/labels.js";
import { collectPairs, type PairScores } from "../../lib/metrics/pair-scores.js";

export interface SimulationOptions {
  readonly seed: number;
  /** How far mated scores are above the others. @defaultValue 1.5 */
  readonly shift?: number;
  /** Standard deviation of each subject's effect on all of its scores. @defaultValue 0.5 */
  readonly effect?: number;
  /** Scores are rounded to multiples of it, so that there are ties; 0 rounds nothing. @defaultValue 0 */
  readonly grid?: number;
}

/** Scores with a shift where the subject is the same, an effect of each subject, and noise of unit variance. */
export function simulatePairs(labels: ScoreLabels, { seed, shift = 1.5, effect = 0.5, grid = 0 }: SimulationOptions): PairScores {
  const random = createRandom(seed);
  const effects = Float64Array.from({ length: labels.subjectCount }, () => effect * random.normal());
  const scores = matrix32(labels.probes.length, labels.gallery.length);
  for (let i = 0; i < labels.probes.length; i++) {
    for (let j = 0; j < labels.gallery.length; j++) {
      const [one, other] = [labels.probes[i], labels.gallery[j]];
      const score = (one === other ? shift : 0) + effects[one] + effects[other] + random.normal();
      scores.data[i * labels.gallery.length + j] = grid > 0 ? grid * Math.round(score / grid) : score;
    }
  }
  const collector = collectPairs(labels);
  collector.add({ firstProbe: 0, scores });
  return collector.pairs();
}

/** p0 p0 … p1 p1 …, `each` of every subject. */
export function names(count: number, each: number): string[] {
  return Array.from({ length: count * each }, (_, i) => `p${Math.floor(i / each)}`);
}
