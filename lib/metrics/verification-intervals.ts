import { effectiveCount, subjectInterval, wilsonInterval, type Interval } from "./intervals.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";
import { auc, type Verification } from "./verification.js";

/**
 * The 95 % interval of the AUC over subjects drawn at random.
 *
 * A score contributes the share of the other side it wins against, less the AUC (DeLong's placements), divided by the size of its side;
 * contributions are dependent where comparisons share a subject on either side. With tᵢ their sum over all comparisons of subject i and
 * vᵢⱼ over those of i with j, Var = Σᵢ tᵢ² − Σᵢ<ⱼ vᵢⱼ², times G/(G − 1) for G subjects, and never below what independent comparisons would
 * give. The interval is Wilson's with N* = AUC(1 − AUC)/Var; without any variance N* = G.
 *
 * Takes G²/2 numbers of memory.
 *
 * @see DeLong et al. 1988, doi:10.2307/2531595; Obuchowski 1997, doi:10.2307/2533958 (clusters); Aronow et al. 2015,
 * doi:10.1093/pan/mpv018 (dyads)
 */
export function aucInterval(evaluation: Verification, pairs: PairScores): Interval {
  const area = auc(evaluation);
  const { labels, mated, matedSubjects, nonMated } = pairs;
  const { probes, gallery, subjectCount } = labels;
  const totals = new Float64Array(subjectCount);
  let independent = 0;

  const placements = matedPlacements(evaluation);
  const matedPlaces = evaluation.places.placesOf(mated);
  for (let i = 0; i < mated.length; i++) {
    const part = (placements[matedPlaces[i]] - area) / mated.length;
    totals[matedSubjects[i]] += part;
    independent += part * part;
  }

  const most = 2 * mated.length;
  const dyads = new Float64Array((subjectCount * (subjectCount - 1)) / 2);
  let next = 0;
  for (let probe = 0; probe < probes.length; probe++) {
    const subject = probes[probe];
    let rowTotal = 0;
    for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
      const other = gallery[j];
      if (other === subject) continue;
      const part = (1 - evaluation.nonMatedPlaces[next++] / most - area) / nonMated.length;
      rowTotal += part;
      totals[other] += part;
      independent += part * part;
      dyads[other < subject ? (subject * (subject - 1)) / 2 + other : (other * (other - 1)) / 2 + subject] += part;
    }
    totals[subject] += rowTotal;
  }

  let variance = 0;
  for (const total of totals) variance += total * total;
  for (const dyad of dyads) variance -= dyad * dyad;
  variance = Math.max(variance, independent) * (subjectCount / (subjectCount - 1));
  return wilsonInterval(area, effectiveCount(area, area > 0 && area < 1 ? variance : 0, subjectCount));
}

/**
 * The 95 % interval of the true match rate at a threshold that is taken as given, over subjects drawn at random: see subjectInterval.
 *
 * It does not hold the uncertainty of the threshold.
 */
export function tmrInterval({ mated, matedSubjects, labels }: PairScores, threshold: number): Interval {
  const hits = new Float64Array(labels.subjectCount);
  const trials = new Float64Array(labels.subjectCount);
  for (let i = 0; i < mated.length; i++) {
    trials[matedSubjects[i]]++;
    if (mated[i] >= threshold) hits[matedSubjects[i]]++;
  }
  return subjectInterval(hits, trials);
}

/** At each place that a mated score can take: the share of non-mated scores below it, ties counted half. */
function matedPlacements({ counts, places, nonMated }: Verification): Float64Array {
  const placements = new Float64Array(counts.length);
  let below = 0;
  for (let j = 0; j < places.distinct.length; j++) {
    below += counts[2 * places.below[j]];
    const place = places.below[j] + places.below[j + 1];
    placements[place] = (below + counts[place] / 2) / nonMated.length;
    below += counts[place];
  }
  return placements;
}
