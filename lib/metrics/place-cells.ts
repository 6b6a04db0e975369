import { ValueError } from "../core/errors.js";
import type { Places } from "./places.js";
import { createTally, type Tally } from "./tally.js";

export const nanScore = "scoreRecognition: a score is NaN; score with another engine, and see what `facebridge doctor` says of this one";

/** Cells of the largest grid. It has four for each of 2^18 mated scores: with fewer, more scores have to be looked for. */
const mostCells = 2 ** 20;

/** Watched scores that wait to be sorted in: 4 MiB. */
const mostPending = 2 ** 20;

/** In `placeOf`, for scores that `search` takes. */
const searchedSlowly = -(2 ** 31);

/** Scores that a cell of `recent` can count before it has to be emptied. */
const mostRecent = 2 ** 31;

/**
 * A uniform grid over the scores, on which non-mated scores find their place among the mated ones in a step or two.
 *
 * A cell without a mated score has one place. In the others the score is looked for among the cell's few mated ones, and in watched cells
 * the scores are kept as well. Cells rise with the score, whatever the rounding; the first and the last take everything beyond the grid.
 */
export interface PlaceCells {
  readonly places: Places;
  /** The distinct mated scores, ascending, and Infinity. */
  readonly ascending: Float32Array;
  readonly low: number;
  readonly scale: number;
  /** Scores in each cell since the last `settle`. */
  readonly recent: Uint32Array;
  /** Scores in each cell before that. */
  readonly counts: Float64Array;
  /** The place of every score in the cell; −1 − j where it is to be looked for from `ascending[j]` on; −2³¹ where `search` does that. */
  readonly placeOf: Int32Array;
  /** Of the scores that were looked for: how many are below `ascending[j]` and above what precedes it, and how many equal it. */
  readonly between: Float64Array;
  readonly tied: Float64Array;
  readonly isWatched: Uint8Array;
  /** The scores in watched cells that equal no mated one. */
  readonly watched: Tally;
  readonly cellOf: (score: number) => number;
  /** Place of a score; counts it among those that were looked for, and keeps it if the cell is watched. */
  readonly search: (score: number, cell: number) => number;
  /** Make room for so many more scores. */
  settle(upcoming: number): void;
}

/**
 * @param low the smallest score that the grid tells from smaller ones, finite.
 * @param high the largest.
 * @param scoreCount how many scores are to be counted: with few of them the grid is small.
 */
export function createPlaceCells(
  places: Places,
  { low, high }: { readonly low: number; readonly high: number },
  scoreCount: number,
): PlaceCells {
  const cellCount = Math.min(mostCells, 2 ** Math.ceil(Math.log2(256 + scoreCount / 16)));
  const { distinct, below } = places;
  const span = high - low;
  const last = cellCount - 1;
  const scale = span > 0 ? (cellCount - 2) / span : 0;
  // One cell lower, so that `low` itself is in cell 1.
  const origin = span > 0 ? low - 1 / scale : low;
  const cellOf = (score: number): number => {
    const place = (score - origin) * scale;
    return place > 0 ? (place < last ? Math.trunc(place) : last) : 0;
  };
  const firstIn = new Int32Array(cellCount + 1);
  for (let j = 0; j < distinct.length; j++) firstIn[cellOf(distinct[j]) + 1]++;
  for (let cell = 0; cell < cellCount; cell++) firstIn[cell + 1] += firstIn[cell];
  const placeOf = new Int32Array(cellCount);
  for (let cell = 1; cell < cellCount; cell++) {
    placeOf[cell] = firstIn[cell] === firstIn[cell + 1] ? 2 * below[firstIn[cell]] : -1 - firstIn[cell];
  }
  // −∞ and, from an engine that is at fault, NaN end up in the lowest cell.
  placeOf[0] = searchedSlowly;
  const ascending = new Float32Array(distinct.length + 1);
  ascending.set(distinct);
  ascending[distinct.length] = Infinity;
  const isWatched = new Uint8Array(cellCount);
  const watched = createTally(Math.min(mostPending, 64 + Math.floor(scoreCount / 16)));
  const counts = new Float64Array(cellCount);
  const recent = new Uint32Array(cellCount);
  const between = new Float64Array(distinct.length + 1);
  const tied = new Float64Array(distinct.length + 1);
  let recentCount = 0;
  return {
    places,
    ascending,
    low: origin,
    scale,
    recent,
    counts,
    placeOf,
    between,
    tied,
    isWatched,
    watched,
    cellOf,
    search(score: number, cell: number): number {
      if (Number.isNaN(score)) throw new ValueError(nanScore);
      let at = firstIn[cell];
      while (ascending[at] < score) at++;
      if (ascending[at] === score) {
        tied[at]++;
        return below[at] + below[at + 1];
      }
      if (isWatched[cell] === 1) watched.add(score);
      between[at]++;
      return 2 * below[at];
    },
    settle(upcoming: number): void {
      recentCount += upcoming;
      if (recentCount <= mostRecent) return;
      for (let cell = 0; cell < cellCount; cell++) counts[cell] += recent[cell];
      recent.fill(0);
      recentCount = upcoming;
    },
  };
}

/** Keep the scores of these cells from now on. */
export function watchCells({ isWatched, placeOf }: PlaceCells, first: number, last: number): void {
  isWatched.fill(1, first, last + 1);
  placeOf.fill(searchedSlowly, first, last + 1);
}
