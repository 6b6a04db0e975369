/** Distinct scores, ascending, and how often each was seen. */
export interface Tallied {
  readonly scores: Float32Array;
  readonly counts: Float64Array;
}

/** Counts equal scores together; memory grows with the number of distinct ones. */
export interface Tally {
  add(score: number): void;
  result(): Tallied;
}

/** Count distinct scores: they are kept unsorted until there are `pendingCount`, and then sorted in. No score may be NaN. */
export function createTally(pendingCount: number): Tally {
  const pending = new Float32Array(pendingCount);
  let pendingUsed = 0;
  let tallied: Tallied = { scores: new Float32Array(0), counts: new Float64Array(0) };
  const sortIn = (): void => {
    if (pendingUsed > 0) tallied = merged(tallied, pending.slice(0, pendingUsed).sort());
    pendingUsed = 0;
  };
  return {
    add(score: number): void {
      if (pendingUsed === pendingCount) sortIn();
      pending[pendingUsed++] = score;
    },
    result(): Tallied {
      sortIn();
      return tallied;
    },
  };
}

function merged({ scores, counts }: Tallied, sorted: Float32Array): Tallied {
  const allScores = new Float32Array(scores.length + sorted.length);
  const allCounts = new Float64Array(scores.length + sorted.length);
  let used = 0;
  const take = (score: number, count: number): void => {
    if (used > 0 && allScores[used - 1] === score) allCounts[used - 1] += count;
    else {
      allScores[used] = score;
      allCounts[used++] = count;
    }
  };
  let next = 0;
  for (const score of sorted) {
    for (; next < scores.length && scores[next] <= score; next++) take(scores[next], counts[next]);
    take(score, 1);
  }
  for (; next < scores.length; next++) take(scores[next], counts[next]);
  return { scores: allScores.slice(0, used), counts: allCounts.slice(0, used) };
}
