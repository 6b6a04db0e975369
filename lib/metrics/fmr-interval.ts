import { ValueError } from "../core/errors.js";
import { contributionDegrees, dependentInterval, type Interval } from "./intervals.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";

/** A rate and its 95 % interval over subjects drawn at random. */
export interface RateInterval extends Interval {
  readonly rate: number;
}

/**
 * The false match rate at a threshold that is taken as given, and its interval: Wilson's with N* = p(1 − p)/Var(p).
 *
 * With eᵢⱼ the sum of (error − FMR) over the comparisons of subjects i and j in either direction, tᵢ = Σⱼ eᵢⱼ and n comparisons,
 * Var = (Σᵢ tᵢ² − Σᵢ<ⱼ eᵢⱼ²)/n², never below what independent comparisons would give. N* is at least G/2, the disjoint pairs that G
 * subjects make, also where no error was seen; Student's quantile has the degrees of freedom that the kurtosis of tᵢ leaves.
 *
 * Takes G²/2 numbers of memory, and one pass over comparisons and pairs of subjects.
 *
 * @throws ValueError when the threshold is NaN, or there is no non-mated comparison.
 * @see Fogliato, Patil, Perona 2024, "Confidence intervals for error rates in 1:1 matching tasks", arXiv:2306.01198; docs/definitions.md
 */
export function fmrInterval({ labels, nonMated }: PairScores, threshold: number): RateInterval {
  if (Number.isNaN(threshold))
    throw new ValueError("fmrInterval: got the threshold NaN; give a number, or Infinity for one that nothing passes");
  const count = nonMated.length;
  if (count === 0) throw new ValueError("fmrInterval: there is no non-mated comparison; evaluate more than one person");
  const { probes, gallery, subjectCount } = labels;
  let errorCount = 0;
  for (let i = 0; i < count; i++) if (nonMated[i] >= threshold) errorCount++;
  const rate = errorCount / count;

  const totals = new Float64Array(subjectCount);
  const dyads = new Float64Array((subjectCount * (subjectCount - 1)) / 2);
  const takesPart = new Uint8Array(subjectCount);
  let next = 0;
  for (let probe = 0; probe < probes.length; probe++) {
    const subject = probes[probe];
    let rowTotal = 0;
    for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
      const other = gallery[j];
      if (other === subject) continue;
      const part = (nonMated[next++] >= threshold ? 1 : 0) - rate;
      rowTotal += part;
      totals[other] += part;
      takesPart[other] = takesPart[subject] = 1;
      dyads[other < subject ? (subject * (subject - 1)) / 2 + other : (other * (other - 1)) / 2 + subject] += part;
    }
    totals[subject] += rowTotal;
  }

  let variance = 0;
  for (let i = 0; i < subjectCount; i++) variance += totals[i] * totals[i];
  for (let k = 0; k < dyads.length; k++) variance -= dyads[k] * dyads[k];
  const subjects = takesPart.reduce((sum, one) => sum + one, 0);
  const independent = rate * (1 - rate) * count;
  const bounds = { least: subjects / 2, most: count, degreesOfFreedom: contributionDegrees(totals) };
  return { rate, ...dependentInterval(rate, Math.max(variance, independent) / count ** 2, bounds) };
}
