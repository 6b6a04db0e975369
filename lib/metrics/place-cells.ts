import { ValueError } from "../core/errors.js";
import type { Places } from "./places.js";
import { createTally, type Tally } from "./tally.js";

export const nanScore = "scoreRecognition: a score is NaN; score with another engine, and see what `facebridge doctor` says of this one";

/** Cells of the grid on which scores are counted: two tables of 256 KiB. */
const cellCount = 65_536;

/**
 * A uniform grid over the scores, on which non-mated scores find their place among the mated ones in a step or two.
 *
 * A cell without a mated score has one place. In the others the place is searched, and in watched cells the scores are kept as well.
 * Cells rise with the score, whatever the rounding; the first and the last take everything beyond the grid.
 */
export interface PlaceCells {
  readonly places: Places;
  readonly low: number;
  readonly scale: number;
  /** Scores in each cell. */
  readonly counts: Float64Array;
  /** The place of every score in the cell; −1 where it is to be looked for. */
  readonly placeOf: Int32Array;
  readonly isWatched: Uint8Array;
  /** The scores in watched cells that equal no mated one. */
  readonly watched: Tally;
  /** Scores in searched cells, by place; those of the other cells are in `counts`. */
  readonly searched: Float64Array;
  readonly cellOf: (score: number) => number;
  /** Place of a score in a searched cell; counts it, and keeps it if the cell is watched. */
  search(score: number, cell: number): number;
}

/**
 * @param low the smallest score that the grid tells from smaller ones, finite.
 * @param high the largest.
 */
export function createPlaceCells(places: Places, { low, high }: { readonly low: number; readonly high: number }): PlaceCells {
  const { distinct, below, placeCount } = places;
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
    placeOf[cell] = firstIn[cell] === firstIn[cell + 1] ? 2 * below[firstIn[cell]] : -1;
  }
  // The lowest cell is always searched: −∞ and, from an engine that is at fault, NaN end up there.
  placeOf[0] = -1;
  const isWatched = new Uint8Array(cellCount);
  const watched = createTally();
  const searched = new Float64Array(placeCount);
  return {
    places,
    low: origin,
    scale,
    counts: new Float64Array(cellCount),
    placeOf,
    isWatched,
    watched,
    searched,
    cellOf,
    search(score: number, cell: number): number {
      let first = firstIn[cell];
      let end = firstIn[cell + 1];
      while (first < end) {
        const middle = (first + end) >> 1;
        if (distinct[middle] < score) first = middle + 1;
        else end = middle;
      }
      const isTied = first < distinct.length && distinct[first] === score;
      if (!isTied && isWatched[cell] === 1) watched.add(score);
      if (Number.isNaN(score)) throw new ValueError(nanScore);
      const place = isTied ? below[first] + below[first + 1] : 2 * below[first];
      searched[place]++;
      return place;
    },
  };
}

/** Keep the scores of these cells from now on. */
export function watchCells({ isWatched, placeOf }: PlaceCells, first: number, last: number): void {
  for (let cell = first; cell <= last; cell++) {
    isWatched[cell] = 1;
    placeOf[cell] = -1;
  }
}
