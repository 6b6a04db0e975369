import { ValueError } from "../core/errors.js";

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of the standard normal, two-sided 95 %. */
export const normalQuantile = 1.959963984540054;

/**
 * Wilson's 95 % interval of a rate that was seen in as many independent trials as `count` says; the count need not be whole.
 *
 * @throws ValueError when the rate is outside [0, 1] or the count is not positive.
 * @see Wilson 1927, doi:10.1080/01621459.1927.10502953
 */
export function wilsonInterval(rate: number, count: number): Interval {
  if (!(rate >= 0 && rate <= 1) || !(count > 0)) {
    throw new ValueError(`wilsonInterval: got rate ${rate} and count ${count}; the rate must be in [0, 1] and the count above 0`);
  }
  return scoreInterval(rate, count, normalQuantile);
}

/** The rates p from which the rate that was seen is not farther than `quantile` · √(p(1 − p)/count). */
function scoreInterval(rate: number, count: number, quantile: number): Interval {
  const share = (quantile * quantile) / count;
  const middle = rate + share / 2;
  const reach = quantile * Math.sqrt((rate * (1 - rate)) / count + (share * share) / (4 * quantile * quantile));
  return {
    low: Math.max(0, Math.min(rate, (middle - reach) / (1 + share))),
    high: Math.min(1, Math.max(rate, (middle + reach) / (1 + share))),
  };
}

/**
 * The 95 % interval of a share of hits whose trials come in subjects: Wilson's with the count N* = p(1 − p)/Var(p) of equally
 * informative independent trials.
 *
 * Var(p) = Σᵢ (hitsᵢ − p trialsᵢ)² / (Σᵢ trialsᵢ)². N* is at least (Σᵢ trialsᵢ)² / Σᵢ trialsᵢ², which is what subjects whose trials all
 * agree are worth (their number, when each has as many trials), and at most the number of trials: subjects that happen to be more even
 * than chance earn nothing.
 *
 * @param hits by subject.
 * @param trials by subject; subjects without trials do not count.
 * @throws ValueError when there are no trials.
 * @see Fogliato, Patil, Perona 2024, "Confidence intervals for error rates in 1:1 matching tasks", arXiv:2306.01198
 */
export function subjectInterval(hits: Float64Array, trials: Float64Array): Interval {
  let hitCount = 0;
  let trialCount = 0;
  for (let i = 0; i < trials.length; i++) {
    hitCount += hits[i];
    trialCount += trials[i];
  }
  if (trialCount === 0) throw new ValueError("subjectInterval: got no trials; it needs at least one subject with one trial");
  const rate = hitCount / trialCount;
  let spread = 0;
  for (let i = 0; i < trials.length; i++) spread += (hits[i] - rate * trials[i]) ** 2;
  return dependentInterval(rate, spread / trialCount ** 2, { least: subjectsWorth(trials), most: trialCount });
}

/** (Σ trialsᵢ)² / Σ trialsᵢ²: the independent trials that subjects are worth whose trials all agree. */
export function subjectsWorth(trials: Float64Array): number {
  let trialCount = 0;
  let squares = 0;
  for (let i = 0; i < trials.length; i++) {
    trialCount += trials[i];
    squares += trials[i] ** 2;
  }
  return trialCount ** 2 / squares;
}

export interface DependenceOptions {
  /** Bounds of N*. */
  readonly least: number;
  readonly most: number;
  /** How well the variance is known: Student's quantile takes the place of the normal one. @defaultValue as if it were known */
  readonly degreesOfFreedom?: number;
}

/**
 * The dependence-adjusted 95 % interval of a rate: Wilson's with the count N* = p(1 − p)/Var(p), held between `least` and `most`.
 *
 * A rate of 0 or 1 says nothing about its variance, and counts as `least`.
 */
export function dependentInterval(
  rate: number,
  variance: number,
  { least, most, degreesOfFreedom = Infinity }: DependenceOptions,
): Interval {
  if (rate <= 0 || rate >= 1) return wilsonInterval(rate, least);
  const count = Math.min(most, Math.max(least, effectiveCount(rate, variance, most)));
  if (degreesOfFreedom === Infinity) return wilsonInterval(rate, count);
  return scoreInterval(rate, count, studentInterval(0, 1, degreesOfFreedom).high);
}

/**
 * The degrees of freedom of a variance that is a sum of squares of so many contributions: 2G/(κ − 1) with their kurtosis κ, rounded, from 2
 * to G − 1. Where a few subjects make most of a variance, it is known as poorly as from a few.
 *
 * @see Satterthwaite 1946, doi:10.2307/3002019
 */
export function contributionDegrees(contributions: Float64Array): number {
  let squares = 0;
  let fourths = 0;
  let count = 0;
  for (const value of contributions) {
    squares += value ** 2;
    fourths += value ** 4;
    if (value !== 0) count++;
  }
  if (count < 3) return 2;
  const kurtosis = (count * fourths) / squares ** 2;
  return Math.max(2, Math.min(count - 1, Math.round((2 * count) / Math.max(kurtosis - 1, 1e-9))));
}

/**
 * The one-sided 95 % upper bound of an error rate of which none was seen in `count` independent trials: 3/count, the rule of three.
 *
 * @throws ValueError when the count is not positive.
 * @see Hanley, Lippman-Hand 1983, doi:10.1001/jama.1983.03330370053031
 */
export function ruleOfThree(count: number): number {
  if (!(count > 0)) throw new ValueError(`ruleOfThree: got the count ${count}; it must be above 0`);
  return Math.min(1, 3 / count);
}

/** N* = p(1 − p)/Var(p), and `most` where the variance is zero. */
function effectiveCount(rate: number, variance: number, most: number): number {
  return variance > 0 ? (rate * (1 - rate)) / variance : most;
}

/**
 * The 95 % interval mean ± t · standardError, with Student's t of so many degrees of freedom.
 *
 * @throws ValueError when the degrees of freedom are not a whole number from 1 on.
 * @see Abramowitz, Stegun 1964, 26.7.3 and 26.7.4
 */
export function studentInterval(mean: number, standardError: number, degreesOfFreedom: number): Interval {
  checkDegrees(degreesOfFreedom, "studentInterval");
  let low = 0;
  let high = Math.PI / 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (centralShare(middle, degreesOfFreedom) < 0.95) low = middle;
    else high = middle;
  }
  const reach = Math.sqrt(degreesOfFreedom) * Math.tan(low) * standardError;
  return { low: mean - reach, high: mean + reach };
}

/**
 * The two-sided p value of `t` under Student's distribution of so many degrees of freedom.
 *
 * @throws ValueError when the degrees of freedom are not a whole number from 1 on, or `t` is NaN.
 * @see Abramowitz, Stegun 1964, 26.7.3 and 26.7.4
 */
export function studentTest(t: number, degreesOfFreedom: number): number {
  checkDegrees(degreesOfFreedom, "studentTest");
  if (Number.isNaN(t)) throw new ValueError("studentTest: got t = NaN; it must be a number");
  return Math.max(0, 1 - centralShare(Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom)), degreesOfFreedom));
}

function checkDegrees(degreesOfFreedom: number, caller: string): void {
  if (!Number.isInteger(degreesOfFreedom) || degreesOfFreedom < 1) {
    throw new ValueError(`${caller}: got ${degreesOfFreedom} degrees of freedom; it needs a whole number from 1 on`);
  }
}

/** Probability that |t| < √ν tan(angle). */
function centralShare(angle: number, degreesOfFreedom: number): number {
  const cosine = Math.cos(angle);
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degreesOfFreedom - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
