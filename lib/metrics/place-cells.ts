import type { Places } from "./places.js";
import { createTally, type Tally } from "./tally.js";

/** Cells of the largest grid. It has four for each of 2^18 mated scores: with fewer, more scores have to be looked for. */
const mostCells = 2 ** 20;

/** Watched scores that wait to be sorted in: 4 MiB. */
const mostPending = 2 ** 20;

/** In the code of a cell whose scores are kept. */
const watchedBit = 2 ** 30;

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
  /**
   * The place of every score in the cell; below zero where scores are looked for, from `firstOf` on. It is so in the first cell, which also
   * takes −∞.
   */
  readonly codes: Int32Array;
  /** Scores in each cell, and those that these do not hold yet: 255 at most, so that what every score touches stays small. */
  readonly counts: Float64Array;
  readonly recent: Uint8Array;
  /** Of the scores that were looked for: how many are below `ascending[j]` and above what precedes it, and how many equal it. */
  readonly between: Float64Array;
  readonly tied: Float64Array;
  /** The scores in watched cells that equal no mated one. */
  readonly watched: Tally;
  readonly cellOf: (score: number) => number;
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
  const codes = new Int32Array(cellCount);
  for (let cell = 0, j = 0; cell < cellCount; cell++) {
    const first = j;
    while (j < distinct.length && cellOf(distinct[j]) === cell) j++;
    codes[cell] = first === j && cell > 0 ? 2 * below[first] : ~first;
  }
  const ascending = new Float32Array(distinct.length + 1);
  ascending.set(distinct);
  ascending[distinct.length] = Infinity;
  return {
    places,
    ascending,
    low: origin,
    scale,
    codes,
    counts: new Float64Array(cellCount),
    recent: new Uint8Array(cellCount),
    between: new Float64Array(distinct.length + 1),
    tied: new Float64Array(distinct.length + 1),
    watched: createTally(Math.min(mostPending, 64 + Math.floor(scoreCount / 16))),
    cellOf,
  };
}

/** Where the scores of a cell with this code, below zero, are to be looked for in `ascending`. */
export function firstOf(code: number): number {
  return ~code & (watchedBit - 1);
}

/** Whether the scores of a cell with this code are kept. */
export function isWatched(code: number): boolean {
  return code < -watchedBit;
}

/** Keep the scores of these cells from now on. */
export function watchCells({ codes, places: { distinct }, cellOf }: PlaceCells, first: number, last: number): void {
  let j = firstInCell(distinct, cellOf, first);
  for (let cell = first; cell <= last; cell++) {
    codes[cell] = ~(j + watchedBit);
    while (j < distinct.length && cellOf(distinct[j]) === cell) j++;
  }
}

/** The first of ascending scores that is in this cell or in a later one. */
export function firstInCell(ascending: Float32Array, cellOf: (score: number) => number, cell: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cellOf(ascending[middle]) < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Scores in each cell; nothing is counted after that. */
export function settledCounts({ counts, recent }: PlaceCells): Float64Array {
  for (let cell = 0; cell < counts.length; cell++) counts[cell] += recent[cell];
  recent.fill(0);
  return counts;
}
