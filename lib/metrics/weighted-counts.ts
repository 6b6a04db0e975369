import { countBySubject } from "./labels.js";
import type { PairScores } from "./pair-scores.js";

/** How many comparisons there are when subject i is there `weights[i]` times. */
export interface WeightedCounts {
  mated(weights: Int32Array): number;
  /** A comparison of subjects i and j counts wᵢ wⱼ times. */
  nonMated(weights: Int32Array): number;
}

/** Comparisons by subject, so that a weighted total takes one pass over the subjects and not over the comparisons. */
export function weightedCounts({ labels, matedSubjects }: PairScores): WeightedCounts {
  const { subjectCount, pairs } = labels;
  const mated = countBySubject(matedSubjects, subjectCount);
  const probes = countBySubject(labels.probes, subjectCount);
  const gallery = countBySubject(labels.gallery, subjectCount);
  const share = pairs === "upper" ? 0.5 : 1;
  return {
    mated(weights: Int32Array): number {
      let total = 0;
      for (let i = 0; i < subjectCount; i++) total += weights[i] * mated[i];
      return total;
    },
    nonMated(weights: Int32Array): number {
      let probeTotal = 0;
      let galleryTotal = 0;
      let own = 0;
      for (let i = 0; i < subjectCount; i++) {
        probeTotal += weights[i] * probes[i];
        galleryTotal += weights[i] * gallery[i];
        own += weights[i] * weights[i] * probes[i] * gallery[i];
      }
      return share * (probeTotal * galleryTotal - own);
    },
  };
}
