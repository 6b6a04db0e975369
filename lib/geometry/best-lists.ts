/** For each of n rows the best few of what was offered, best first: highest score, and of equal scores the smallest index. */
export interface BestLists {
  readonly size: number;
  /** n × size; −1 where fewer were offered. */
  readonly indices: Int32Array;
  /** n × size; −∞ where fewer were offered. */
  readonly scores: Float64Array;
}

export function createBestLists(rows: number, size: number): BestLists {
  return { size, indices: new Int32Array(rows * size).fill(-1), scores: new Float64Array(rows * size).fill(-Infinity) };
}

/** The last score that row `row` keeps: what is below it is not kept. */
export function leastScore({ size, scores }: BestLists, row: number): number {
  return scores[(row + 1) * size - 1];
}

/** Keep `index` with `score` in the list of `row`, if it is among the best. */
export function offerInto({ size, indices, scores }: BestLists, row: number, index: number, score: number): void {
  const first = row * size;
  let place = first + size - 1;
  if (score < scores[place] || (score === scores[place] && index > indices[place])) return;
  while (place > first && (score > scores[place - 1] || (score === scores[place - 1] && index < indices[place - 1]))) {
    scores[place] = scores[place - 1];
    indices[place] = indices[place - 1];
    place--;
  }
  scores[place] = score;
  indices[place] = index;
}
