import { ValueError } from "../core/errors.js";

/** A similarity beside what it is of clouds that lack what is tested. */
export interface Calibration {
  /** As observed. */
  readonly value: number;
  /** The largest value that chance still explains at level α: an order statistic of the draws and the value together. */
  readonly tau: number;
  /** (value − τ)/(1 − τ), and 0 where the value is not above τ by more than rounding. */
  readonly calibrated: number;
  /** (1 + draws that reach the value)/(1 + draws): the chance of such a value, or a larger one, without what is tested. */
  readonly p: number;
  readonly nullMean: number;
}

/** Draws that differ from the value by sums in another order are as large. */
const rounding = 1e-10;

/**
 * Place a similarity, which is 1 at most, on the scale from chance to 1.
 *
 * @param value what was observed.
 * @param draws the same measure of permuted clouds.
 * @param alpha the level of τ. @defaultValue 0.05
 * @throws ValueError when there is no draw, a value is not finite or above 1, or the level leaves no draw on either side of τ.
 * @see Phipson and Smyth 2010, doi:10.2202/1544-6115.1585, for counting the observed value among the draws
 */
export function calibrate(value: number, draws: Float64Array, alpha = 0.05): Calibration {
  if (!(alpha > 0 && alpha < 1) || alpha * (draws.length + 1) < 1) {
    throw new ValueError(
      `calibrate: got the level ${alpha} and ${draws.length} draws; give a level between 0 and 1, and at least ${alpha > 0 && alpha < 1 ? Math.ceil(1 / alpha) - 1 : "1/level − 1"} draws`,
    );
  }
  if (![value, ...draws].every((entry) => Number.isFinite(entry) && entry <= 1)) {
    throw new ValueError("calibrate: a value is not finite, or above 1; give a similarity that is 1 at most");
  }
  const sorted = Float64Array.from([...draws, value]).sort();
  const tau = sorted[Math.ceil((1 - alpha) * sorted.length - 1e-9) - 1];
  const reached = draws.reduce((count, draw) => count + (draw >= value - rounding * Math.abs(value) ? 1 : 0), 0);
  return {
    value,
    tau,
    calibrated: value - tau > rounding * Math.abs(value) ? (value - tau) / (1 - tau) : 0,
    p: (1 + reached) / (1 + draws.length),
    nullMean: draws.reduce((sum, draw) => sum + draw, 0) / draws.length,
  };
}
