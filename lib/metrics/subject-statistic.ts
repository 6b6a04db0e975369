import { ShapeError, ValueError } from "../core/errors.js";
import { allowedMatches } from "./allowed-matches.js";
import { pessimisticRanks, type Ranks } from "./identification.js";
import { largestNonMated } from "./largest-scores.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";
import { sortMated, type SortedMated } from "./sorted-mated.js";
import { verification } from "./verification.js";
import { weightedCounts } from "./weighted-counts.js";

/**
 * A figure of an evaluation as it would be if each subject were there a number of times.
 *
 * A mated comparison of subject i then counts wᵢ times and a non-mated one of i and j wᵢ wⱼ times; nobody is compared with a copy of
 * themselves. With all weights 1 it is the figure itself.
 */
export interface SubjectStatistic {
  readonly subjectCount: number;
  /** About how many operations one evaluation takes. */
  readonly operations: number;
  /** @returns null where the weights leave no mated or no non-mated comparison. */
  at(weights: Int32Array): number | null;
}

/**
 * The true match rate at a false match rate, conservative as tmrAtFmr, with the threshold chosen anew for each weighting.
 *
 * Non-mated scores are sorted once; each weighting walks them from the largest down, only as far as its threshold lies.
 *
 * @throws ValueError when `fmr` is not in [0, 1), or a score is NaN.
 */
export function tmrAtFmrStatistic(pairs: PairScores, fmr: number): SubjectStatistic {
  return matchRateStatistic(pairs, fmr)(pairs.mated);
}

/**
 * The same of any other scores of the mated comparisons, at the threshold that these non-mated scores set; they are sorted once for all.
 *
 * @throws ValueError as tmrAtFmrStatistic does.
 */
export function matchRateStatistic(pairs: PairScores, fmr: number): (mated: Float32Array) => SubjectStatistic {
  if (!(fmr >= 0 && fmr < 1)) throw new ValueError(`tmrAtFmrStatistic: got an FMR of ${fmr}; it must be at least 0 and below 1`);
  const counts = weightedCounts(pairs);
  const walked = Math.ceil(1.5 * fmr * pairs.nonMated.length) + 1000;
  let largest = largestNonMated(pairs, walked);
  const thresholdOf = (weights: Int32Array, nonMatedTotal: number): number => {
    const allowed = allowedMatches(fmr, nonMatedTotal);
    let matches = 0;
    for (let i = 0; ; i++) {
      if (i === largest.scores.length) largest = largestNonMated(pairs, 2 * i);
      matches += weights[largest.probeSubjects[i]] * weights[largest.gallerySubjects[i]];
      if (matches > allowed) return largest.scores[i];
    }
  };
  return (scores) => {
    const mated = sortMated({ ...pairs, mated: scores });
    return {
      subjectCount: pairs.labels.subjectCount,
      operations: Math.min(walked, pairs.nonMated.length) + scores.length,
      at(weights: Int32Array): number | null {
        const matedTotal = counts.mated(weights);
        const nonMatedTotal = counts.nonMated(weights);
        if (matedTotal === 0 || nonMatedTotal === 0) return null;
        return shareAbove(mated, thresholdOf(weights, nonMatedTotal), weights, matedTotal);
      },
    };
  };
}

/**
 * The equal error rate, between vertices along the straight ROC segment as in eer.
 *
 * @throws ValueError when a score is NaN.
 */
export function eerStatistic(pairs: PairScores): SubjectStatistic {
  const counts = weightedCounts(pairs);
  const mated = sortMated(pairs);
  let largest = largestNonMated(pairs, Math.ceil(0.05 * pairs.nonMated.length) + 1000);
  const reach = (i: number): boolean => {
    if (i === largest.scores.length && i < pairs.nonMated.length) largest = largestNonMated(pairs, 2 * i);
    return i < largest.scores.length;
  };
  return {
    subjectCount: pairs.labels.subjectCount,
    operations: largest.scores.length + pairs.mated.length,
    at(weights: Int32Array): number | null {
      const matedTotal = counts.mated(weights);
      const nonMatedTotal = counts.nonMated(weights);
      if (matedTotal === 0 || nonMatedTotal === 0) return null;
      let m = mated.scores.length - 1;
      let i = 0;
      let falseMatches = 0;
      let misses = matedTotal;
      for (;;) {
        const [falseBefore, missesBefore] = [falseMatches, misses];
        const more = reach(i);
        if (!more && m < 0) return falseMatches / nonMatedTotal;
        const score = more && (m < 0 || largest.scores[i] > mated.scores[m]) ? largest.scores[i] : mated.scores[m];
        for (; reach(i) && largest.scores[i] === score; i++) {
          falseMatches += weights[largest.probeSubjects[i]] * weights[largest.gallerySubjects[i]];
        }
        for (; m >= 0 && mated.scores[m] === score; m--) misses -= weights[mated.subjects[m]];
        if (falseMatches * matedTotal >= misses * nonMatedTotal) {
          const fmr = falseBefore / nonMatedTotal;
          const gap = missesBefore / matedTotal - fmr;
          const step = falseMatches / nonMatedTotal - fmr;
          return fmr + (gap / (step + (missesBefore - misses) / matedTotal)) * step;
        }
      }
    },
  };
}

/**
 * The area under the ROC curve: the probability that a mated score is above a non-mated one, ties counted half.
 *
 * @throws ValueError when a side is empty or a score is NaN.
 */
export function aucStatistic(pairs: PairScores): SubjectStatistic {
  const { labels } = pairs;
  const { probes, gallery } = labels;
  const counts = weightedCounts(pairs);
  const { places, nonMatedPlaces } = verification(pairs.mated, pairs.nonMated);
  const mated = sortMated(pairs);
  const passed = new Float64Array(mated.scores.length + 1);
  const won = new Float64Array(places.placeCount);
  const { below } = places;
  return {
    subjectCount: labels.subjectCount,
    operations: pairs.nonMated.length + 2 * pairs.mated.length,
    at(weights: Int32Array): number | null {
      const nonMatedTotal = counts.nonMated(weights);
      for (let m = 0; m < mated.scores.length; m++) passed[m + 1] = passed[m] + weights[mated.subjects[m]];
      const matedTotal = passed[mated.scores.length];
      if (matedTotal === 0 || nonMatedTotal === 0) return null;
      won[2 * below[0]] = matedTotal;
      for (let j = 0; j < places.distinct.length; j++) {
        won[below[j] + below[j + 1]] = matedTotal - (passed[below[j]] + passed[below[j + 1]]) / 2;
        won[2 * below[j + 1]] = matedTotal - passed[below[j + 1]];
      }
      let sum = 0;
      let next = 0;
      for (let probe = 0; probe < probes.length; probe++) {
        const subject = probes[probe];
        let rowSum = 0;
        for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
          const other = gallery[j];
          if (other !== subject) rowSum += weights[other] * won[nonMatedPlaces[next++]];
        }
        sum += weights[subject] * rowSum;
      }
      return sum / matedTotal / nonMatedTotal;
    },
  };
}

/**
 * Rank-k with pessimistic ties. The gallery stays as it is, since Rank-k depends on its size; the subjects that search in it are weighted.
 *
 * @throws ValueError when k is not a whole number from 1 on.
 */
export function rankStatistic(ranks: Ranks, k: number): SubjectStatistic {
  if (!Number.isInteger(k) || k < 1) throw new ValueError(`rankStatistic: got k = ${k}; k must be a whole number from 1 on`);
  return hitStatistic(hitsBySubject(ranks, k));
}

/** Each subject's searches, and how many of them found the mate. */
export interface SubjectHits {
  readonly hits: readonly number[];
  readonly searches: readonly number[];
}

/** Searches by subject, and those of them whose mate is within rank k; ties are pessimistic. */
export function hitsBySubject(ranks: Ranks, k: number): SubjectHits {
  const hits = new Array<number>(ranks.subjectCount).fill(0);
  const searches = new Array<number>(ranks.subjectCount).fill(0);
  pessimisticRanks(ranks).forEach((rank, probe) => {
    searches[ranks.subjects[probe]]++;
    if (rank <= k) hits[ranks.subjects[probe]]++;
  });
  return { hits, searches };
}

/** The weighted share of searches that found the mate. */
export function hitStatistic({ hits, searches }: SubjectHits): SubjectStatistic {
  return {
    subjectCount: hits.length,
    operations: hits.length,
    at(weights: Int32Array): number | null {
      let hitCount = 0;
      let searchCount = 0;
      for (let i = 0; i < weights.length; i++) {
        hitCount += weights[i] * hits[i];
        searchCount += weights[i] * searches[i];
      }
      return searchCount > 0 ? hitCount / searchCount : null;
    },
  };
}

/**
 * `one` − `other` for the same weights: what two systems that saw the same subjects differ by.
 *
 * @throws ShapeError when they are not of as many subjects.
 */
export function differenceStatistic(one: SubjectStatistic, other: SubjectStatistic): SubjectStatistic {
  if (one.subjectCount !== other.subjectCount) {
    throw new ShapeError(
      `differenceStatistic: got figures of ${one.subjectCount} and of ${other.subjectCount} subjects; evaluate both systems on the same subjects`,
    );
  }
  return {
    subjectCount: one.subjectCount,
    operations: one.operations + other.operations,
    at(weights: Int32Array): number | null {
      const first = one.at(weights);
      const second = other.at(weights);
      return first === null || second === null ? null : first - second;
    },
  };
}

/** The weighted share of mated scores above `refused`; adds up whichever side is smaller. */
function shareAbove({ scores, subjects }: SortedMated, refused: number, weights: Int32Array, total: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] <= refused) low = middle + 1;
    else high = middle;
  }
  const isMostlyAbove = 2 * low < scores.length;
  let sum = 0;
  for (let m = isMostlyAbove ? 0 : low; m < (isMostlyAbove ? low : scores.length); m++) sum += weights[subjects[m]];
  return (isMostlyAbove ? total - sum : sum) / total;
}
