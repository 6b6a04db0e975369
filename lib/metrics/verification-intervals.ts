import { contributionDegrees, dependentInterval, subjectInterval, type Interval } from "./intervals.js";
import type { CountedPairs, MatedScores, PairScores } from "./pair-scores.js";
import { placeSumsOf } from "./place-sums.js";
import { auc, type ListedVerification, type Verification } from "./verification.js";

/**
 * The 95 % interval of the AUC over subjects drawn at random.
 *
 * A score contributes the share of the other side it wins against, less the AUC (DeLong's placements), divided by the size of its side;
 * contributions are dependent where comparisons share a subject on either side. With tᵢ their sum over all comparisons of subject i and
 * vᵢⱼ over those of i with j, Var = Σᵢ tᵢ² − Σᵢ<ⱼ vᵢⱼ², times G/(G − 1) for G subjects, and never below what independent comparisons would
 * give. The interval is Wilson's with N* = AUC(1 − AUC)/Var and Student's quantile, with the degrees of freedom that
 * the kurtosis of tᵢ leaves: near an AUC of 1 a few subjects make most of the variance. Without any variance N* = G.
 *
 * The sums by subject come with scores that were counted; of scores that were kept they are made here, which takes G²/2 numbers of memory.
 *
 * @param pairs of the same evaluation: kept with a ListedVerification, or counted.
 * @see DeLong et al. 1988, doi:10.2307/2531595; Obuchowski 1997, doi:10.2307/2533958 (clusters); Aronow et al. 2015,
 * doi:10.1093/pan/mpv018 (dyads)
 */
export function aucInterval(evaluation: ListedVerification, pairs: PairScores): Interval;
export function aucInterval(evaluation: Verification, pairs: CountedPairs): Interval;
export function aucInterval(evaluation: Verification, pairs: PairScores | CountedPairs): Interval {
  const area = auc(evaluation);
  const { counts, mated, nonMatedCount } = evaluation;
  const { matedSubjects, labels } = pairs;
  const { subjectCount } = labels;
  const most = 2 * mated.length;
  const sums = "placeSums" in pairs ? pairs.placeSums : placeSumsOf(labels, (evaluation as ListedVerification).nonMatedPlaces);
  const totals = sums.comparisons.map((count, i) => (count * (1 - area) - sums.places[i] / most) / nonMatedCount);
  let independent = 0;
  const placements = matedPlacements(evaluation);
  const matedPlaces = evaluation.places.placesOf(pairs.mated);
  for (let i = 0; i < matedPlaces.length; i++) {
    const part = (placements[matedPlaces[i]] - area) / mated.length;
    totals[matedSubjects[i]] += part;
    independent += part * part;
  }
  for (let place = 0; place <= most; place++) independent += counts[place] * ((1 - place / most - area) / nonMatedCount) ** 2;

  let variance = 0;
  for (const total of totals) variance += total * total;
  const { squares } = sums;
  const dyads = (1 - area) ** 2 * squares.comparisons - (2 * (1 - area) * squares.mixed) / most + squares.places / most ** 2;
  variance -= dyads / nonMatedCount ** 2;
  variance = Math.max(variance, independent) * (subjectCount / (subjectCount - 1));
  const bounds = { least: variance > 0 ? 0 : subjectCount, most: Infinity, degreesOfFreedom: contributionDegrees(totals) };
  return dependentInterval(area, variance, bounds);
}

/**
 * The 95 % interval of the true match rate at a threshold that is taken as given, over subjects drawn at random: see subjectInterval.
 *
 * It does not hold the uncertainty of the threshold.
 */
export function tmrInterval({ mated, matedSubjects, labels }: MatedScores, threshold: number): Interval {
  const hits = new Float64Array(labels.subjectCount);
  const trials = new Float64Array(labels.subjectCount);
  for (let i = 0; i < mated.length; i++) {
    trials[matedSubjects[i]]++;
    if (mated[i] >= threshold) hits[matedSubjects[i]]++;
  }
  return subjectInterval(hits, trials);
}

/** At each place that a mated score can take: the share of non-mated scores below it, ties counted half. */
function matedPlacements({ counts, places, nonMatedCount }: Verification): Float64Array {
  const placements = new Float64Array(counts.length);
  let below = 0;
  for (let j = 0; j < places.distinct.length; j++) {
    below += counts[2 * places.below[j]];
    const place = places.below[j] + places.below[j + 1];
    placements[place] = (below + counts[place] / 2) / nonMatedCount;
    below += counts[place];
  }
  return placements;
}
