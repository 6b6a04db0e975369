import type { PairScores } from "./pair-scores.js";

/** Mated scores in ascending order, and the subject of each. */
export interface SortedMated {
  readonly scores: Float32Array;
  readonly subjects: Int32Array;
}

export function sortMated({ mated, matedSubjects }: PairScores): SortedMated {
  const order = Uint32Array.from(mated, (_, i) => i).sort((one, other) => mated[one] - mated[other] || one - other);
  return { scores: Float32Array.from(order, (i) => mated[i]), subjects: Int32Array.from(order, (i) => matedSubjects[i]) };
}
