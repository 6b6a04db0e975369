/** The value that `below` others precede in ascending order, by partitioning a copy; no value may be NaN. @see Hoare 1961, doi:10.1145/366622.366647 */
export function selectSmallest(values: Float32Array, below: number): number {
  const work = values.slice();
  let first = 0;
  let last = work.length - 1;
  while (first < last) {
    const pivot = medianOf(work[first], work[(first + last) >> 1], work[last]);
    let i = first;
    let j = last;
    while (i <= j) {
      while (work[i] < pivot) i++;
      while (work[j] > pivot) j--;
      if (i > j) break;
      const swapped = work[i];
      work[i++] = work[j];
      work[j--] = swapped;
    }
    // Now [first, j] ≤ pivot, [i, last] ≥ pivot, and what is between equals it.
    if (below <= j) last = j;
    else if (below >= i) first = i;
    else break;
  }
  return work[below];
}

function medianOf(one: number, two: number, three: number): number {
  return Math.max(Math.min(one, two), Math.min(Math.max(one, two), three));
}
