import { ValueError } from "../core/errors.js";

/** `rank1`, `rank5`, … */
export function rankMetric(k: number): string {
  return `rank${k}`;
}

/** `tmr@fmr=1e-2`, … @throws ValueError when the rate is not between 0 and 1. */
export function tmrMetric(fmr: number): string {
  if (!(fmr > 0 && fmr < 1)) throw new ValueError(`tmrMetric: got an FMR of ${fmr}; it must be above 0 and below 1`);
  return `tmr@fmr=${fmr.toExponential()}`;
}

/** Whether a metric's values are shares, within [0, 1]. */
export function isRate(metric: string): boolean {
  return /^(rank\d+|auc|eer|(tmr|sar)@fmr=.+|linkability)$/.test(metric);
}

/** Success of an attack at a threshold: `sar@fmr=1e-2`, … @throws ValueError when the rate is not between 0 and 1. */
export function sarMetric(fmr: number): string {
  return tmrMetric(fmr).replace("tmr", "sar");
}
