import type { ScoreLabels } from "./labels.js";

/** What the places of non-mated scores sum to, by subject: enough for intervals, and the same in any order of adding. */
export interface PlaceSums {
  /** Non-mated comparisons of each subject, on either side, and the sum of their places. */
  readonly comparisons: Float64Array;
  readonly places: Float64Array;
  /** Over pairs of subjects, with n comparisons and places that sum to p: Σ n², Σ n p, Σ p². */
  readonly squares: { comparisons: number; mixed: number; places: number };
}

export function emptyPlaceSums(subjectCount: number): PlaceSums {
  return {
    comparisons: new Float64Array(subjectCount),
    places: new Float64Array(subjectCount),
    squares: { comparisons: 0, mixed: 0, places: 0 },
  };
}

/** Add all comparisons between two subjects. */
export function addDyad(sums: PlaceSums, one: number, other: number, comparisons: number, places: number): void {
  sums.comparisons[one] += comparisons;
  sums.comparisons[other] += comparisons;
  sums.places[one] += places;
  sums.places[other] += places;
  sums.squares.comparisons += comparisons * comparisons;
  sums.squares.mixed += comparisons * places;
  sums.squares.places += places * places;
}

/** The sums of listed places: probe by probe, templates in order, mated comparisons left out. Takes G²/2 numbers of memory. */
export function placeSumsOf(labels: ScoreLabels, places: Int32Array): PlaceSums {
  const { probes, gallery, subjectCount, pairs } = labels;
  const dyadCount = (subjectCount * (subjectCount - 1)) / 2;
  const comparisons = new Int32Array(dyadCount);
  const sums = new Float64Array(dyadCount);
  let next = 0;
  for (let probe = 0; probe < probes.length; probe++) {
    const subject = probes[probe];
    for (let j = pairs === "upper" ? probe + 1 : 0; j < gallery.length; j++) {
      const other = gallery[j];
      if (other === subject) continue;
      const dyad = other < subject ? (subject * (subject - 1)) / 2 + other : (other * (other - 1)) / 2 + subject;
      comparisons[dyad]++;
      sums[dyad] += places[next++];
    }
  }
  const total = emptyPlaceSums(subjectCount);
  for (let one = 1, dyad = 0; one < subjectCount; one++) {
    for (let other = 0; other < one; other++, dyad++) {
      if (comparisons[dyad] > 0) addDyad(total, one, other, comparisons[dyad], sums[dyad]);
    }
  }
  return total;
}
