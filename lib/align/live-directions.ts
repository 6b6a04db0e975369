import { ValueError } from "../core/errors.js";
import { mapValues, matrix64, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { signColumnsInto } from "../linalg/sign-columns.js";
import { firstColumns } from "../linalg/singular-directions.js";
import type { CloudMoments, MomentsOptions } from "./cloud.js";

/** Directions whose singular value is below this share of the largest are rounding of float32 embeddings. */
export const rankTolerance = 1e-6;

/** Directions from X Xᵀ are orthonormal to rounding divided by the share of the smallest eigenvalue in the largest. */
const leastShare = 1e-6;

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
 * A cloud of fewer rows than columns goes the shorter way round: with X Xᵀ = Q Λ Qᵀ, which is n × n, the directions are Xᵀ Q Λ^(−½);
 * where that would cost digits, a condition above 1e3, they come from the thin SVD of X. Computed once for a cloud and an engine, and kept as long as both live.
 *
 * @throws ValueError when all rows of the cloud are equal.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., 8.6, for both ways round
 */
export async function liveDirections(cloud: CloudMoments, options: MomentsOptions): Promise<LiveDirections> {
  const { engine } = options;
  const clouds = known.get(engine) ?? new WeakMap<CloudMoments, LiveDirections>();
  known.set(engine, clouds);
  const found = clouds.get(cloud);
  if (found !== undefined) return found;

  if (!(cloud.energy > 0)) {
    throw new ValueError(`liveDirections: all ${cloud.count} rows of the cloud are equal; a map needs rows that differ`);
  }
  const directions = cloud.rows === null ? await fromGram(cloud.gram, options) : await fromRows(cloud.rows, options);
  clouds.set(cloud, directions);
  return directions;
}

/** A cloud whose Gram exceeds this share of its trace in every direction fills its space, whatever rounding did. */
const surelyFilled = 1e-10;

/**
 * The count of live directions, found without them where a factor of the Gram tells that there are as many as columns.
 *
 * @throws ValueError when all rows of the cloud are equal.
 */
export async function liveRank(cloud: CloudMoments, options: MomentsOptions): Promise<number> {
  const { gram, energy, rows } = cloud;
  const isKnown = known.get(options.engine)?.has(cloud) === true;
  if (!isKnown && rows === null && energy > 0) {
    const lowered = matrix64(gram.rows, gram.columns, gram.data.slice());
    for (let i = 0; i < gram.rows; i++) lowered.data[i * gram.rows + i] -= surelyFilled * energy;
    if (await hasFactor(lowered, options)) return gram.rows;
  }
  return (await liveDirections(cloud, options)).rank;
}

async function hasFactor(symmetric: Matrix64, { engine, signal }: MomentsOptions): Promise<boolean> {
  try {
    await engine.cholesky(symmetric, { signal });
    return true;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

async function fromGram(gram: Matrix64, { engine, signal }: MomentsOptions): Promise<LiveDirections> {
  const { values, vectors } = await engine.eigh(gram, { signal });
  const rank = rankOf(values, gram.rows);
  return Object.freeze({ rank, values: values.slice(0, rank), vectors: firstColumns(vectors, rank) });
}

async function fromRows(rows: Matrix64, { engine, signal }: MomentsOptions): Promise<LiveDirections> {
  const { values, vectors } = await engine.eigh(await engine.gram(rows, { ofRows: true, signal }), { signal });
  const rank = rankOf(values, rows.columns);
  if (values[rank - 1] < leastShare * values[0]) return fromSvd(rows, { engine, signal });
  const left = firstColumns(vectors, rank);
  const scaled = mapValues(left, (value, k) => value / Math.sqrt(values[k % rank]));
  const directions = await engine.product(rows, scaled, { transposeLeft: true, signal });
  signColumnsInto(directions);
  return Object.freeze({ rank, values: values.slice(0, rank), vectors: directions });
}

async function fromSvd(rows: Matrix64, { engine, signal }: MomentsOptions): Promise<LiveDirections> {
  const { values, right } = await engine.svd(rows, { signal });
  const squares = values.map((value) => value * value);
  const rank = rankOf(squares, rows.columns);
  const vectors = firstColumns(right, rank);
  signColumnsInto(vectors);
  return Object.freeze({ rank, values: squares.slice(0, rank), vectors });
}

/** How many eigenvalues of a d × d Gram are above rounding. */
function rankOf(values: Float64Array, size: number): number {
  const least = Math.max(rankTolerance ** 2, size * Number.EPSILON) * values[0];
  const end = values.findIndex((value) => !(value >= least));
  return end < 0 ? values.length : end;
}
