import { ValueError } from "../core/errors.js";
import { studentInterval, studentTest, type Interval } from "./intervals.js";

/** A mean over splits and its 95 % interval. */
export interface SplitMean extends Interval {
  readonly mean: number;
  readonly standardError: number;
  /** Two-sided, of a mean of zero. */
  readonly p: number;
}

/**
 * The mean of a figure, or of a difference, over J random splits of the same people, with the corrected variance
 * (1/J + n_test/n_train) s²: training parts overlap, so that the splits are no J independent experiments. Student's t with J − 1 degrees
 * of freedom.
 *
 * @param values one a split.
 * @param testShare n_test / n_train.
 * @throws ValueError when there are fewer than two values, one is not finite, or the share is not positive.
 * @see Nadeau, Bengio 2003, doi:10.1023/A:1024068626366
 */
export function splitMean(values: readonly number[], testShare: number): SplitMean {
  if (values.length < 2 || !(testShare > 0 && testShare < Infinity)) {
    throw new ValueError(
      `splitMean: got ${values.length} values and n_test/n_train = ${testShare}; it needs at least two splits and a share above 0`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new ValueError(`splitMean: the value of split ${bad} is ${values[bad]}; every one must be finite`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const standardError = Math.sqrt((1 / values.length + testShare) * variance);
  const degrees = values.length - 1;
  const p = standardError > 0 ? studentTest(mean / standardError, degrees) : mean === 0 ? 1 : 0;
  return { mean, standardError, p, ...studentInterval(mean, standardError, degrees) };
}
