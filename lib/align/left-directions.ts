import { matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { CloudMoments, MomentsOptions } from "./cloud.js";
import type { LiveDirections } from "./live-directions.js";
import { blockCentring } from "./rows.js";

/** A block of left directions holds about so many numbers (16 MiB). */
const blockSize = 2 ** 21;

/** What left directions come from: the centred rows are S = U Λ^(½) Vᵀ. */
export interface LeftFactor {
  readonly cloud: CloudMoments;
  readonly rows: Matrix32;
  readonly directions: LiveDirections;
}

/** Rows `first` to `last` − 1 of U, as columns: rank × rows. */
export interface LeftBlock {
  readonly first: number;
  readonly last: number;
  readonly columns: Matrix64;
}

/** Most rows of U in a block. */
export function rowsPerLeftBlock({ cloud, directions }: LeftFactor): number {
  return Math.min(cloud.count, Math.ceil(blockSize / directions.rank));
}

/** U, a block at a time, in memory that the next block overwrites. */
export async function* leftBlocks(factor: LeftFactor, { engine, signal }: MomentsOptions): AsyncGenerator<LeftBlock, void, undefined> {
  const {
    cloud: { count, mean },
    rows,
    directions: { vectors, values, rank },
  } = factor;
  const divided = matrix64(vectors.rows, rank);
  for (let k = 0; k < divided.data.length; k++) divided.data[k] = vectors.data[k] / Math.sqrt(values[k % rank]);
  const centre = blockCentring(rows, mean);
  const height = rowsPerLeftBlock(factor);
  const into = new Float64Array(rank * height);
  for (let first = 0; first < count; first += height) {
    const last = Math.min(first + height, count);
    const centred = centre(first, last);
    yield { first, last, columns: await engine.product(divided, centred, { transposeLeft: true, transposeRight: true, into, signal }) };
  }
}

/**
 * (1 − h)⁻² of a block's rows, penalties × rows, h the leverage of a row, offset included.
 *
 * 1 − h = (1 − 1/n − Σ u²) + Σ u² f, whose first part is zero where U fills all that centred rows can.
 *
 * @param factors f = λ / (Λ + λ), rank × penalties.
 * @param count n.
 */
export async function leverageWeights(
  { columns: left }: LeftBlock,
  factors: Matrix64,
  count: number,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const squares = matrix64(left.rows, left.columns);
  const unreached = new Float64Array(left.columns).fill(1 - 1 / count);
  for (let j = 0, k = 0; j < left.rows; j++) {
    for (let i = 0; i < left.columns; i++, k++) {
      squares.data[k] = left.data[k] * left.data[k];
      unreached[i] -= squares.data[k];
    }
  }
  const fillsAll = left.rows === count - 1;
  const weights = await engine.product(factors, squares, { transposeLeft: true, signal });
  for (let k = 0; k < weights.data.length; k++) {
    const share = (fillsAll ? 0 : Math.max(0, unreached[k % left.columns])) + weights.data[k];
    weights.data[k] = 1 / (share * share);
  }
  return weights;
}
