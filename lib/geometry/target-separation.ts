import { ShapeError, ValueError } from "../core/errors.js";
import { permuteLabels, type PermutationOptions, type PermutationTest } from "../metrics/label-permutations.js";
import type { Compatibility } from "./compatibility.js";

/**
 * Do networks that separate identities well make good targets? Pearson correlation of a number for each network, such as its native TMR or
 * Fisher ratio, with the mean of S_AB over the sources A of each target B; tested by exchanging the numbers among networks.
 *
 * Two-sided: the statistic is compared by its magnitude. All pairs of a target share the target, so M networks give M points, however many
 * pairs there are: with four networks p cannot be below 1/24. It is an association, not a cause; both may follow from a third property.
 *
 * @param separation one number a network, in the order of `scores.networks`.
 * @returns as `statistic` the correlation with its sign.
 * @throws ShapeError when there are not as many numbers as networks; ValueError when there are fewer than three, one is not finite, or either
 * side does not vary.
 */
export function testTargetSeparation(
  { networks, metric, values }: Compatibility,
  separation: ArrayLike<number>,
  options: PermutationOptions,
): PermutationTest {
  const count = networks.length;
  if (separation.length !== count) {
    throw new ShapeError(`testTargetSeparation: got ${separation.length} values for ${count} networks; give one for each`);
  }
  if (count < 3) throw new ValueError(`testTargetSeparation: got ${count} networks; a correlation needs at least three`);
  const bad = Array.from(separation).findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new ValueError(`testTargetSeparation: the value of ${networks[bad]} is ${separation[bad]}; it must be finite`);
  const means = new Float64Array(count);
  values.data.forEach((value, k) => (means[k % count] += value / (count - 1)));
  const [one, other] = [unit(separation), unit(means)];
  if (one === null || other === null) {
    const what = one === null ? "the separation values" : `the mean ${metric} of the targets`;
    throw new ValueError(`testTargetSeparation: ${what} are all equal; there is nothing to correlate`);
  }
  const correlation = (order: Int32Array): number => order.reduce((sum, from, i) => sum + one[from] * other[i], 0);
  const test = permuteLabels(count, (order) => Math.abs(correlation(order)), options);
  return { ...test, statistic: correlation(Int32Array.from({ length: count }, (_, i) => i)) };
}

/** Values less their mean, at unit length; null where they are equal. */
function unit(values: ArrayLike<number>): Float64Array | null {
  const spread = Float64Array.from(values);
  const mean = spread.reduce((sum, value) => sum + value, 0) / spread.length;
  for (let i = 0; i < spread.length; i++) spread[i] -= mean;
  const norm = Math.hypot(...spread);
  return norm > 1e-14 * Math.abs(mean) * Math.sqrt(spread.length) ? spread.map((value) => value / norm) : null;
}
