import { contributionDegrees, studentInterval, wilsonInterval, type Interval } from "./intervals.js";

/**
 * The 95 % interval of a share p over subjects drawn at random, by the jackknife on the scale of its logit, θ.
 *
 * With tᵢ what subject i contributes to p and G subjects, p without subject i is p − tᵢ G/(G − 1), and θᵢ is its logit. The interval is
 * centred on θ − bias with the bias (G − 1)(mean θᵢ − θ), and reaches Student's quantile times the root of
 * (G − 1)/G Σ(θᵢ − mean θᵢ)² + bias² to both sides, with the degrees of freedom that the kurtosis of θᵢ leaves. Where p is near its end, the few
 * subjects on whom it hangs so widen the interval, and move it to where a sample without them would not look for it.
 *
 * Nobody takes away more than half of the distance to 0 or to 1: else the logit of one subject's absence is without bound. Where all
 * subjects contribute alike, the interval is Wilson's of G trials.
 *
 * @param contributions by subject; of sum 0, but for comparisons that are two subjects' and are in both.
 * @see Miller 1974, "The jackknife: a review", doi:10.1093/biomet/61.1.1; Arvesen 1969, doi:10.1214/aoms/1177697287 (U-statistics)
 */
export function jackknifeInterval(share: number, contributions: Float64Array): Interval {
  const count = contributions.length;
  if (share <= 0 || share >= 1 || contributions.every((part) => part === 0)) return wilsonInterval(share, count);
  const whole = logit(share);
  const without = contributions.map((part) => {
    const rest = share - (part * count) / (count - 1);
    return logit(Math.min((1 + share) / 2, Math.max(share / 2, rest)));
  });
  const mean = without.reduce((sum, value) => sum + value, 0) / count;
  const deviations = without.map((value) => value - mean);
  const spread = deviations.reduce((sum, value) => sum + value * value, 0);
  const bias = (count - 1) * (mean - whole);
  const error = Math.sqrt(((count - 1) / count) * spread + bias * bias);
  const { low, high } = studentInterval(whole - bias, error, contributionDegrees(deviations));
  return { low: Math.min(share, expit(low)), high: Math.max(share, expit(high)) };
}

function logit(share: number): number {
  return Math.log(share / (1 - share));
}

function expit(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
