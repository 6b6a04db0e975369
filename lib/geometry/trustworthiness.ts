import type { MomentsOptions } from "../align/cloud.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { startPace } from "../linalg/pace.js";
import { centredRows } from "./centred-rows.js";
import { findNeighbours, type NeighbourOptions } from "./neighbours.js";

/** How far a picture can be believed. */
export interface PictureQuality {
  /** 1 when all neighbours in the picture are neighbours among the points: what is seen together belongs together. */
  readonly trustworthiness: number;
  /** 1 when all neighbours among the points are neighbours in the picture: what belongs together is seen together. */
  readonly continuity: number;
  /** k. */
  readonly neighbours: number;
}

export interface PictureQualityOptions extends MomentsOptions {
  /** How many make a neighbourhood; less than half the points. @defaultValue 10 */
  readonly neighbours?: number;
}

/**
 * Trustworthiness and continuity of a picture of n points, by Euclidean distance in both.
 *
 * T = 1 − 2 / (n k (2n − 3k − 1)) · Σᵢ Σⱼ (r(i, j) − k) over the k nearest j of i in the picture whose rank r(i, j) among the points is above
 * k; continuity is the same with points and picture exchanged. About 1/2 for a picture that knows nothing of the points. Only neighbourhoods
 * are judged: nothing is said of distances between groups.
 *
 * @param points n × d.
 * @param picture n × 2 or 3.
 * @throws ShapeError when the counts disagree; ValueError when there are not twice as many points as neighbours, or a value is not finite.
 * @see Venna, Kaski 2001, doi:10.1007/3-540-44668-0_68
 */
export async function measurePicture(
  points: Matrix32,
  picture: Matrix32,
  { neighbours = 10, engine, signal }: PictureQualityOptions,
): Promise<PictureQuality> {
  if (points.rows !== picture.rows) {
    throw new ShapeError(`measurePicture: got ${points.rows} points and ${picture.rows} places; row i of both must be the same point`);
  }
  if (!(Number.isInteger(neighbours) && neighbours >= 1 && 2 * neighbours < points.rows)) {
    throw new ValueError(
      `measurePicture: got ${neighbours} neighbours of ${points.rows} points; give a whole number from 1 to below half the points`,
    );
  }
  checkFinite(points, "measurePicture: points");
  checkFinite(picture, "measurePicture: picture");
  const options: NeighbourOptions = { engine, signal, nearness: "euclidean" };
  return {
    trustworthiness: await preserved(points, picture, neighbours, options),
    continuity: await preserved(picture, points, neighbours, options),
    neighbours,
  };
}

/** 1 less the share of the worst possible that the neighbours in `seen` are too far among `judge`. */
async function preserved(judge: Matrix32, seen: Matrix32, neighbours: number, options: NeighbourOptions): Promise<number> {
  const { rows } = judge;
  const { indices } = await findNeighbours(seen, neighbours, options);
  const pace = startPace(options.signal);
  let excess = 0;
  for await (const { first, squares } of distanceBlocks(centredRows(judge), options)) {
    for (let i = 0; i < squares.rows; i++) {
      const own = first + i;
      const chosen = indices.subarray(own * neighbours, (own + 1) * neighbours);
      excess += excessOf(squares.data.subarray(i * rows, (i + 1) * rows), own, chosen);
      if (pace.spend(4 * rows)) await pace.turn();
    }
  }
  return 1 - (2 * excess) / (rows * neighbours * (2 * rows - 3 * neighbours - 1));
}

/** Sum over the chosen rows of how far their rank by distance is above their number; of equals the smaller index ranks first. */
function excessOf(distances: Float64Array, own: number, chosen: Int32Array): number {
  const ordered = chosen.slice().sort((one, other) => distances[one] - distances[other] || one - other);
  // counts[c] rows come before ordered[c] and not before ordered[c − 1].
  const counts = new Int32Array(ordered.length + 1);
  const farthest = distances[ordered[ordered.length - 1]];
  for (let j = 0; j < distances.length; j++) {
    const distance = distances[j];
    if (distance > farthest || j === own) continue;
    let place = ordered.length;
    while (place > 0 && isBefore(distances, j, ordered[place - 1])) place--;
    counts[place]++;
  }
  let [before, excess] = [0, 0];
  for (let c = 0; c < ordered.length; c++) {
    before += counts[c];
    excess += Math.max(0, before + 1 - ordered.length);
  }
  return excess;
}

function isBefore(distances: Float64Array, one: number, other: number): boolean {
  return distances[one] < distances[other] || (distances[one] === distances[other] && one < other);
}

/** Distances of a block of rows to all of them fill at most this many entries (32 MiB). */
const blockSize = 2 ** 22;

/** Squared distances of rows `first` … to all n rows, b × n; rounding makes them as wrong as the largest squared norm times 1e-15. */
interface DistanceBlock {
  readonly first: number;
  readonly squares: Matrix64;
}

/** Squared Euclidean distances of all pairs of rows, block by block; the n × n matrix never exists. */
async function* distanceBlocks(points: Matrix64, { engine, signal }: NeighbourOptions): AsyncGenerator<DistanceBlock> {
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
