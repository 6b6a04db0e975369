import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import { ValueError } from "../core/errors.js";
import { checkFinite, takeRows, type Matrix32 } from "../core/matrix.js";
import { rowRange } from "../linalg/operands.js";
import { startPace, type Pace } from "../linalg/pace.js";
import { createBestLists, leastScore, offerInto, type BestLists } from "./best-lists.js";
import { neighbourSpace, type Nearness, type NeighbourSpace } from "./neighbour-space.js";

export interface NeighbourOptions extends MomentsOptions {
  /** @defaultValue "cosine" */
  readonly nearness?: Nearness;
}

/** The k nearest other rows of each of n rows, nearest first; of rows as near, those of the smallest index. */
export interface Neighbours {
  /** k. */
  readonly count: number;
  /** n × k. */
  readonly indices: Int32Array;
  /** n × k: the cosine, or the Euclidean distance. */
  readonly values: Float64Array;
}

/** More candidates than neighbours, so that rounding seldom leaves a doubt. */
const spareCount = 6;

/**
 * Find the k nearest other rows of every row, exactly: as float64 scores of all pairs would order them.
 *
 * A row is no neighbour of its own, by its index: another row of the same values is one. Float32 products of blocks of rows, each pair
 * once, name candidates, whose scores are then computed in float64; a row for which the float32 error leaves a doubt is searched again
 * among all that the error allows. Memory is n × k beside one block.
 *
 * @param rows n × d.
 * @param count k.
 * @throws ValueError when k is not a whole number from 1 to n − 1, a value is not finite, or a row of zero length has no cosine.
 */
export async function findNeighbours(
  rows: Matrix32,
  count: number,
  { engine, signal, nearness = "cosine" }: NeighbourOptions,
): Promise<Neighbours> {
  if (!Number.isInteger(count) || count < 1 || count >= rows.rows) {
    throw new ValueError(`findNeighbours: got ${count} neighbours and ${rows.rows} rows; ask for 1 or more, and fewer than there are rows`);
  }
  checkFinite(rows, "findNeighbours");
  const space = neighbourSpace(rows, nearness, "findNeighbours");
  const pace = startPace(signal);
  const candidates = await findCandidates(space, Math.min(count + spareCount, rows.rows - 1), { engine, signal }, pace);
  const best = createBestLists(rows.rows, count);
  const doubtful = await chooseAmong(candidates, best, space, pace);
  if (doubtful.length > 0) await searchAgain(doubtful, best, space, { engine, signal }, pace);
  const values = nearness === "cosine" ? best.scores : best.scores.map((score) => Math.sqrt(-2 * score));
  return { count, indices: best.indices, values };
}

/** The best rough scores of every row. */
async function findCandidates(space: NeighbourSpace, size: number, options: NeighbourOptions, pace: Pace): Promise<BestLists> {
  const { rows, offsets } = space;
  const best = createBestLists(rows.rows, size);
  const bounds = new Float64Array(rows.rows).fill(-Infinity);
  for await (const tile of tiles(rows, rows, true, options, pace)) offerTileInto(best, bounds, tile, offsets);
  return best;
}

/** Offer the scores of a tile to the lists of its rows, and, off the diagonal, to those of its columns. */
function offerTileInto(best: BestLists, bounds: Float64Array, tile: Tile, offsets: Float64Array): void {
  const { data, firstRow, lastRow, firstColumn, lastColumn } = tile;
  const isDiagonal = firstRow === firstColumn;
  // A list takes a score above its last one; the bound is that one with the row's own offset added back.
  const offer = (row: number, index: number, score: number): void => {
    offerInto(best, row, index, score);
    bounds[row] = leastScore(best, row) + offsets[row];
  };
  for (let i = firstRow, k = 0; i < lastRow; i++) {
    const offset = offsets[i];
    for (let j = firstColumn; j < lastColumn; j++, k++) {
      const product = data[k];
      if (product - offsets[j] > bounds[i] && i !== j) offer(i, j, product - offset - offsets[j]);
      if (product - offset > bounds[j] && !isDiagonal) offer(j, i, product - offset - offsets[j]);
    }
  }
}

/** Put the exactly best candidates into `best`. @returns the rows for which others may be better. */
async function chooseAmong(candidates: BestLists, best: BestLists, space: NeighbourSpace, pace: Pace): Promise<number[]> {
  const { rows, unit, slack, exact } = space;
  const doubtful: number[] = [];
  for (let i = 0; i < rows.rows; i++) {
    for (let c = i * candidates.size; c < (i + 1) * candidates.size; c++) {
      offerInto(best, i, candidates.indices[c], exact(i, candidates.indices[c]));
    }
    const bound = (leastScore(candidates, i) + slack) * unit;
    if (candidates.size < rows.rows - 1 && !(leastScore(best, i) > bound)) doubtful.push(i);
    if (pace.spend(candidates.size * rows.columns)) await pace.turn();
  }
  return doubtful;
}

/** Search the rows of `doubtful` among all rows whose rough score may be high enough. */
async function searchAgain(
  doubtful: readonly number[],
  best: BestLists,
  space: NeighbourSpace,
  options: NeighbourOptions,
  pace: Pace,
): Promise<void> {
  const { rows, offsets, unit, slack, exact } = space;
  const cuts = doubtful.map((i) => leastScore(best, i) / unit - slack);
  for (const i of doubtful) best.scores.fill(-Infinity, i * best.size, (i + 1) * best.size);
  for await (const tile of tiles(takeRows(rows, doubtful), rows, false, options, pace)) {
    for (let d = tile.firstRow, k = 0; d < tile.lastRow; d++) {
      const i = doubtful[d];
      for (let j = tile.firstColumn; j < tile.lastColumn; j++, k++) {
        if (i === j || tile.data[k] - offsets[i] - offsets[j] < cuts[d]) continue;
        offerInto(best, i, j, exact(i, j));
        pace.spend(rows.columns);
      }
    }
  }
}

/** Products of rows `firstRow` … `lastRow` − 1 of one matrix with rows `firstColumn` … `lastColumn` − 1 of another. */
interface Tile {
  readonly data: Float32Array;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

/** Products of all blocks of rows; of one matrix with itself (`upper`) each pair of blocks comes once. */
async function* tiles(left: Matrix32, right: Matrix32, upper: boolean, options: NeighbourOptions, pace: Pace): AsyncGenerator<Tile> {
  const { engine, signal } = options;
  for (let firstRow = 0; firstRow < left.rows; firstRow += rowsPerBlock) {
    const lastRow = Math.min(firstRow + rowsPerBlock, left.rows);
    for (let firstColumn = upper ? firstRow : 0; firstColumn < right.rows; firstColumn += rowsPerBlock) {
      const lastColumn = Math.min(firstColumn + rowsPerBlock, right.rows);
      const part = rowRange(left, firstRow, lastRow);
      const others = rowRange(right, firstColumn, lastColumn);
      const { data } = await engine.product(part, others, { transposeRight: true, signal });
      yield { data, firstRow, lastRow, firstColumn, lastColumn };
      if (pace.spend(data.length)) await pace.turn();
    }
  }
}
