/**
 * Sorted reference values, and where others fall among them.
 *
 * The place of s is #(values < s) + #(values ≤ s): even gaps and tied values get different places, larger scores larger places,
 * and 1 − place / 2n is the share of the values that s loses to, ties counted half.
 */
export interface Places {
  /** Distinct values, ascending. */
  readonly distinct: Float32Array;
  /** `below[j]`: values < distinct[j]; the last entry counts them all. */
  readonly below: Int32Array;
  /** One more than the largest place. */
  readonly placeCount: number;
  /** The place of each score; none may be NaN. */
  placesOf(scores: Float32Array): Int32Array;
}

/** Sort `values`, and index them in bins of equal width so that a look-up takes a few steps. */
export function placesAmong(values: Float32Array): Places {
  const { distinct, below } = distinctOf(values);
  const count = distinct.length;
  const lowest = distinct[Math.min(count - 1, distinct[0] === -Infinity ? 1 : 0)];
  const binCount = Math.min(65_536, 16 + 4 * count);
  const span = distinct[count - 1] - lowest;
  const scale = span > 0 ? binCount / span : 0;
  // Never falls as the score grows, whatever the rounding: a value in a lower bin is a smaller value.
  const binOf = (score: number): number => {
    if (!(score > lowest)) return 0;
    const bin = Math.floor((score - lowest) * scale);
    return bin < binCount ? bin : binCount - 1;
  };
  const first = new Int32Array(binCount + 1);
  for (let j = 0; j < count; j++) first[binOf(distinct[j]) + 1]++;
  for (let bin = 0; bin < binCount; bin++) first[bin + 1] += first[bin];
  return {
    distinct,
    below,
    placeCount: 2 * values.length + 1,
    placesOf(scores: Float32Array): Int32Array {
      const found = new Int32Array(scores.length);
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i];
        const bin = binOf(score);
        let low = first[bin];
        let high = first[bin + 1];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (distinct[middle] < score) low = middle + 1;
          else high = middle;
        }
        found[i] = below[low] + (low < count && distinct[low] === score ? below[low + 1] : below[low]);
      }
      return found;
    },
  };
}

function distinctOf(values: Float32Array): { distinct: Float32Array; below: Int32Array } {
  const sorted = values.slice().sort();
  const distinct = new Float32Array(sorted.length);
  const below = new Int32Array(sorted.length + 1);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (count > 0 && distinct[count - 1] === sorted[i]) continue;
    distinct[count] = sorted[i];
    below[count++] = i;
  }
  below[count] = sorted.length;
  return { distinct: distinct.slice(0, count), below: below.slice(0, count + 1) };
}
