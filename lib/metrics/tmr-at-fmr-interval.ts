import { bootstrapSubjects, replicateVariance, type BootstrapOptions } from "./bootstrap.js";
import type { RateInterval } from "./fmr-interval.js";
import { dependentInterval, subjectsWorth } from "./intervals.js";
import { countBySubject } from "./labels.js";
import type { PairScores } from "./pair-scores.js";
import { tmrAtFmrStatistic } from "./subject-statistic.js";

/**
 * The true match rate at a false match rate, and its 95 % interval over subjects drawn at random, the uncertainty of the threshold
 * included: Wilson's with N* = p(1 − p)/Var(p), where Var is that of the subject bootstrap.
 *
 * Where nobody is missed, replicates say nothing and N* is what the mated subjects are worth.
 *
 * @throws ValueError as tmrAtFmrStatistic and bootstrapSubjects do.
 */
export async function tmrAtFmrInterval(pairs: PairScores, fmr: number, options: BootstrapOptions): Promise<RateInterval> {
  const bootstrap = await bootstrapSubjects(tmrAtFmrStatistic(pairs, fmr), options);
  const bounds = { least: 1, most: pairs.mated.length };
  if (bootstrap.estimate === 0 || bootstrap.estimate === 1) {
    bounds.least = subjectsWorth(countBySubject(pairs.matedSubjects, pairs.labels.subjectCount));
  }
  return { rate: bootstrap.estimate, ...dependentInterval(bootstrap.estimate, replicateVariance(bootstrap), bounds) };
}
