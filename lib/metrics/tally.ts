import { freeBuffer } from "../linalg/free-buffer.js";

/** Distinct scores, ascending. */
export interface Tallied {
  readonly scores: Float32Array;
  /** How often score i was seen. */
  readonly countOf: (i: number) => number;
}

/** Times that are counted beside each score; what is beyond is counted apart. */
const mostCounted = 2 ** 16;

/** Counts equal scores together; memory grows with the number of distinct ones. */
export interface Tally {
  add(score: number): void;
  /** It looks into the tally's own memory: it holds until more is added. */
  result(): Tallied;
}

/**
 * Count distinct scores: they are kept unsorted until there are `pendingCount`, and then sorted in. No score may be NaN.
 *
 * There is room for four times as many from the beginning: memory that nothing is written to is not taken, and what is left behind by
 * growing is not given back.
 */
export function createTally(pendingCount: number): Tally {
  const pending = new Float32Array(pendingCount);
  let pendingUsed = 0;
  let { scores, counts } = emptyTallied(4 * pendingCount);
  let used = 0;
  /** What the counts of scores that were seen very often do not hold. */
  const many = new Map<number, number>();
  const grow = (size: number): void => {
    const [fewScores, fewCounts] = [scores, counts];
    ({ scores, counts } = emptyTallied(Math.max(size, Math.ceil(1.25 * scores.length))));
    scores.set(fewScores);
    counts.set(fewCounts);
    freeBuffer(fewScores.buffer);
  };
  const sortIn = (): void => {
    const sorted = pending.subarray(0, pendingUsed).sort();
    pendingUsed = 0;
    const all = used + countNew(sorted, scores, used);
    if (all > scores.length) grow(all);
    // From the end, so that nothing is written over before it was moved.
    let [to, from] = [all, used];
    for (let next = sorted.length; next > 0;) {
      const score = sorted[next - 1];
      while (from > 0 && scores[from - 1] > score) {
        scores[--to] = scores[--from];
        counts[to] = counts[from];
      }
      let count = 0;
      while (next > 0 && sorted[next - 1] === score) {
        count++;
        next--;
      }
      if (from > 0 && scores[from - 1] === score) count += counts[--from];
      scores[--to] = score;
      counts[to] = count % mostCounted;
      if (count >= mostCounted) many.set(score, (many.get(score) ?? 0) + count - counts[to]);
    }
    used = all;
  };
  return {
    add(score: number): void {
      if (pendingUsed === pendingCount) sortIn();
      pending[pendingUsed++] = score;
    },
    result(): Tallied {
      sortIn();
      return { scores: scores.subarray(0, used), countOf: (i) => counts[i] + (many.get(scores[i]) ?? 0) };
    },
  };
}

/** Both in one piece of memory. */
function emptyTallied(capacity: number): { scores: Float32Array<ArrayBuffer>; counts: Uint16Array<ArrayBuffer> } {
  const buffer = new ArrayBuffer(6 * capacity);
  return { scores: new Float32Array(buffer, 0, capacity), counts: new Uint16Array(buffer, 4 * capacity, capacity) };
}

/** How many distinct scores of an ascending list are not among the first `used` of another one. */
function countNew(sorted: Float32Array, scores: Float32Array, used: number): number {
  let count = 0;
  for (let next = 0, at = 0; next < sorted.length; next++) {
    if (next > 0 && sorted[next] === sorted[next - 1]) continue;
    while (at < used && scores[at] < sorted[next]) at++;
    if (at === used || scores[at] !== sorted[next]) count++;
  }
  return count;
}
