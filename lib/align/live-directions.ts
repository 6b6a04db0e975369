import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import type { CloudMoments, MomentsOptions } from "./cloud.js";

/** Directions whose singular value is below this share of the largest are rounding of float32 embeddings. */
export const rankTolerance = 1e-6;

/** The directions in which a cloud has extent. */
export interface LiveDirections {
  readonly rank: number;
  /** `rank` eigenvalues of the centred Gram, descending. */
  readonly values: Float64Array;
  /** d × rank, columns orthonormal. */
  readonly vectors: Matrix64;
}

const known = new WeakMap<Engine, WeakMap<CloudMoments, LiveDirections>>();

/**
 * Eigen-directions of a cloud's Gram whose singular value, the root of the eigenvalue, is at least 1e-6 of the largest.
 *
 * Computed once for a cloud and an engine, and kept as long as both live.
 *
 * @throws ValueError when all rows of the cloud are equal.
 */
export async function liveDirections(cloud: CloudMoments, { engine, signal }: MomentsOptions): Promise<LiveDirections> {
  const clouds = known.get(engine) ?? new WeakMap<CloudMoments, LiveDirections>();
  known.set(engine, clouds);
  const found = clouds.get(cloud);
  if (found !== undefined) return found;

  if (!(cloud.energy > 0)) {
    throw new ValueError(`liveDirections: all ${cloud.count} rows of the cloud are equal; a map needs rows that differ`);
  }
  const { values, vectors } = await engine.eigh(cloud.gram, { signal });
  const size = values.length;
  const least = Math.max(rankTolerance ** 2, size * Number.EPSILON) * values[0];
  let rank = 0;
  while (rank < size && values[rank] >= least) rank++;
  const live = matrix64(size, rank);
  for (let i = 0; i < size; i++) live.data.set(vectors.data.subarray(i * size, i * size + rank), i * rank);
  const directions = Object.freeze({ rank, values: values.slice(0, rank), vectors: live });
  clouds.set(cloud, directions);
  return directions;
}
