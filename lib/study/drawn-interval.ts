import { dependentInterval, studentInterval, type Interval } from "../metrics/intervals.js";

export interface DrawnIntervalOptions {
  /** Variance of a value by who was tested. */
  readonly peopleVariance: number;
  readonly peopleCount: number;
  /** Whether the value is a share of trials, whose interval does not vanish at 0 and 1. */
  readonly isShare: boolean;
}

/**
 * The mean over random draws of one thing, and its 95 % interval over draws and people: Var = s²/n over the n draws, plus that of people.
 *
 * Degrees of freedom by Satterthwaite, where the draws' part has n − 1 and the people's as many as people less one. One draw has no part of its own.
 *
 * @see Satterthwaite 1946, doi:10.2307/3002019
 */
export function drawnInterval(
  values: readonly number[],
  { peopleVariance, peopleCount, isShare }: DrawnIntervalOptions,
): Interval & { readonly mean: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const ofDraws = count > 1 ? values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count : 0;
  const variance = ofDraws + peopleVariance;
  const parts = (count > 1 ? ofDraws ** 2 / (count - 1) : 0) + peopleVariance ** 2 / (peopleCount - 1);
  const degreesOfFreedom = variance > 0 ? Math.max(1, Math.floor(variance ** 2 / parts)) : peopleCount - 1;
  if (!isShare) {
    const { low, high } = studentInterval(mean, Math.sqrt(variance), degreesOfFreedom);
    return { mean, low, high: Math.min(1, high) };
  }
  const [none, all] = [mean <= 0, mean >= 1];
  const rate = Math.min(1, Math.max(0, mean));
  return { mean, ...dependentInterval(rate, variance, { least: none || all ? peopleCount : 1, most: Infinity, degreesOfFreedom }) };
}
