import { ShapeError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { startPace } from "../linalg/pace.js";

/** Each row's nearest other rows, the nearest first; of equally far ones the smaller index. */
export interface NearestRows {
  /** n. */
  readonly rows: number;
  /** k. */
  readonly count: number;
  /** n × k indices, row-major. */
  readonly indices: Int32Array;
  /** n × k squared Euclidean distances, row-major. */
  readonly squares: Float64Array;
}

export interface BlockOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
}

/** Distances of a block of rows to all of them fill at most this many entries (32 MiB). */
const blockSize = 2 ** 22;

/** Squared distances of rows `first` … to all n rows; rounding makes them as wrong as the largest squared norm times 1e-15. */
export interface DistanceBlock {
  readonly first: number;
  /** b × n. */
  readonly squares: Matrix64;
}

/** Squared Euclidean distances of all pairs of rows, block by block; the n × n matrix never exists. */
export async function* distanceBlocks(points: Matrix64, { engine, signal }: BlockOptions): AsyncGenerator<DistanceBlock> {
  const { rows, columns, data } = points;
  const norms = new Float64Array(rows);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < columns; j++, k++) norms[i] += data[k] * data[k];
  const blockRows = Math.max(1, Math.min(1024, Math.floor(blockSize / rows)));
  for (let first = 0; first < rows; first += blockRows) {
    signal?.throwIfAborted();
    const last = Math.min(first + blockRows, rows);
    const part = matrix64(last - first, columns, data.subarray(first * columns, last * columns));
    const squares = await engine.product(part, points, { transposeRight: true, signal });
    for (let i = first, k = 0; i < last; i++) {
      for (let j = 0; j < rows; j++, k++) squares.data[k] = Math.max(0, norms[i] + norms[j] - 2 * squares.data[k]);
    }
    yield { first, squares };
  }
}

/**
 * The `count` nearest other rows of each row, by Euclidean distance and exactly: every pair is looked at. A row is left out by its index, so
 * that an equal row counts as a neighbour at distance 0.
 *
 * @param points n × d, finite.
 * @throws ShapeError when there are no more rows than neighbours.
 */
export async function nearestRows(points: Matrix64, count: number, options: BlockOptions): Promise<NearestRows> {
  const { rows } = points;
  if (!(Number.isInteger(count) && count >= 1 && count < rows)) {
    throw new ShapeError(
      `nearestRows: got ${rows} rows and ${count} neighbours; there must be at least one, and more rows than neighbours`,
    );
  }
  const indices = new Int32Array(rows * count);
  const squares = new Float64Array(rows * count);
  const pace = startPace(options.signal);
  for await (const { first, squares: block } of distanceBlocks(points, options)) {
    for (let i = 0; i < block.rows; i++) {
      const from = block.data.subarray(i * rows, (i + 1) * rows);
      const chosen = nearestOf(from, first + i, count);
      chosen.forEach((index, k) => {
        indices[(first + i) * count + k] = index;
        squares[(first + i) * count + k] = from[index];
      });
      if (pace.spend(4 * rows)) await pace.turn();
    }
  }
  return { rows, count, indices, squares };
}

/** Indices of the `count` smallest distances but the row's own, in order. */
function nearestOf(distances: Float64Array, own: number, count: number): Int32Array {
  // A heap with the farthest of the chosen on top, which a nearer row replaces.
  const heap = new Int32Array(count);
  let size = 0;
  const isFarther = (one: number, other: number): boolean =>
    distances[one] > distances[other] || (distances[one] === distances[other] && one > other);
  const sink = (start: number): void => {
    const value = heap[start];
    let place = start;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && isFarther(heap[child + 1], heap[child])) child++;
      if (!isFarther(heap[child], value)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = value;
  };
  for (let j = 0; j < distances.length; j++) {
    if (j === own) continue;
    if (size < count) {
      heap[size++] = j;
      if (size === count) for (let start = (count >> 1) - 1; start >= 0; start--) sink(start);
    } else if (distances[j] < distances[heap[0]]) {
      heap[0] = j;
      sink(0);
    }
  }
  return heap.sort((one, other) => distances[one] - distances[other] || one - other);
}
