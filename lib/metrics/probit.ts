import { ValueError } from "../core/errors.js";
import { normalTail } from "./normal-tail.js";

/** Coefficients of the rational approximations, highest power first. */
const centralTop = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
const centralBottom = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const tailTop = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

/** Below this probability the tail's approximation is used. */
const tail = 0.02425;

/**
 * The inverse of the standard normal distribution function: Acklam's approximation and one Halley step, good to 1e-9 and far beyond.
 *
 * @throws ValueError when the probability is not within (0, 1).
 * @see Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution function"
 */
export function probit(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new ValueError(`probit: got a probability of ${probability}; it must be above 0 and below 1, so clip it first`);
  }
  if (probability > 0.5) return 0 - probit(1 - probability);
  const rough = approximate(probability);
  const error = (normalTail(0 - rough) - probability) * Math.sqrt(2 * Math.PI) * Math.exp((rough * rough) / 2);
  return rough - error / (1 + (rough * error) / 2);
}

function approximate(probability: number): number {
  if (probability < tail) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(tailTop, q) / polynomial(tailBottom, q);
  }
  const q = probability - 0.5;
  return (polynomial(centralTop, q * q) * q) / polynomial(centralBottom, q * q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
