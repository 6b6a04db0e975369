import { subjectInterval, type Interval } from "./intervals.js";
import { jackknifeInterval } from "./jackknife-interval.js";
import type { CountedPairs, MatedScores, PairScores } from "./pair-scores.js";
import { placeSumsOf } from "./place-sums.js";
import { auc, type ListedVerification, type Verification } from "./verification.js";

/**
 * The 95 % interval of the AUC over subjects drawn at random: `jackknifeInterval` of what each subject contributes to it.
 *
 * A score contributes the share of the other side it wins against, less the AUC (DeLong's placements), divided by the size of its side; a
 * subject, the sum over all comparisons with the subject on either side.
 *
 * The sums by subject come with scores that were counted; of scores that were kept they are made here, which takes G²/2 numbers of memory.
 *
 * @param pairs of the same evaluation: kept with a ListedVerification, or counted.
 * @see DeLong et al. 1988, doi:10.2307/2531595; Obuchowski 1997, doi:10.2307/2533958 (clusters)
 */
export function aucInterval(evaluation: ListedVerification, pairs: PairScores): Interval;
export function aucInterval(evaluation: Verification, pairs: CountedPairs): Interval;
export function aucInterval(evaluation: Verification, pairs: PairScores | CountedPairs): Interval {
  const area = auc(evaluation);
  const { mated, nonMatedCount } = evaluation;
  const { matedSubjects, labels } = pairs;
  const most = 2 * mated.length;
  const sums = "placeSums" in pairs ? pairs.placeSums : placeSumsOf(labels, (evaluation as ListedVerification).nonMatedPlaces);
  const contributions = sums.comparisons.map((count, i) => (count * (1 - area) - sums.places[i] / most) / nonMatedCount);
  const placements = matedPlacements(evaluation);
  const matedPlaces = evaluation.places.placesOf(pairs.mated);
  for (let i = 0; i < matedPlaces.length; i++) {
    contributions[matedSubjects[i]] += (placements[matedPlaces[i]] - area) / mated.length;
  }
  return jackknifeInterval(area, contributions);
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
