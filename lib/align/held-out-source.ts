import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { interpolateRows } from "../linalg/interpolate-rows.js";
import { startPace } from "../linalg/pace.js";
import type { CloudMoments, MomentsOptions } from "./cloud.js";
import { liveDirections, type LiveDirections } from "./live-directions.js";
import { blockCentring } from "./rows.js";

/** Left directions that are kept hold at most so many numbers (64 MiB); longer ones are computed again for each target. */
const mostKept = 2 ** 23;

/** A block of left directions holds about so many numbers (16 MiB). */
const blockSize = 2 ** 21;

/** Weights are interpolated over penalties to within this share of themselves. */
const weightTolerance = 1e-11;

/** Rows `first` to `last` − 1 of U, where the centred rows are S = U Λ^(½) Vᵀ, as columns: rank × rows. */
export interface LeftBlock {
  readonly first: number;
  readonly last: number;
  readonly columns: Matrix64;
}

/** What leaving out one row at a time does to the source alone, for L penalties. */
export interface HeldOutSource {
  readonly lambdas: readonly number[];
  readonly cloud: CloudMoments;
  readonly engine: Engine;
  readonly directions: LiveDirections;
  /** λ / (Λ + λ), rank × L. */
  readonly factors: Matrix64;
  /** (1 − h)⁻² of the leverage h, offset included: L × n. */
  readonly weights: Matrix64;
  /** Uᵀ diag(weights) U of each penalty, a row each: entries on and below the diagonal, row after row. */
  readonly spreads: Matrix64;
  /** Most rows of U in a block. */
  readonly rowsPerLeftBlock: number;
  /** U, a block at a time. */
  leftBlocks(options: MomentsOptions): AsyncIterable<LeftBlock>;
}

const known = new WeakMap<Matrix32, HeldOutSource>();

/**
 * The sums over a source's rows that leave-one-out needs and that do not see the target; kept as long as the rows, to serve the
 * source's other targets.
 *
 * Weights as functions of the penalty are so smooth that a few penalties' weights carry all others' to 1e-11 of themselves, and so do
 * their sums: only those few are summed, and the others' weights are what these make of them, so that all sums weigh alike.
 *
 * @param rows n × p, those that `cloud` was computed from.
 * @throws ValueError when all rows are equal, or a value is not finite.
 */
export async function heldOutSource(
  cloud: CloudMoments,
  rows: Matrix32,
  lambdas: readonly number[],
  options: MomentsOptions,
): Promise<HeldOutSource> {
  const { engine } = options;
  const found = known.get(rows);
  if (found?.cloud === cloud && found.engine === engine && sameNumbers(found.lambdas, lambdas)) return found;

  const directions = await liveDirections(cloud, options);
  const { rank, values } = directions;
  const factors = matrix64(
    rank,
    lambdas.length,
    Float64Array.from({ length: rank * lambdas.length }, (_, k) => {
      const lambda = lambdas[k % lambdas.length];
      return lambda / (values[Math.floor(k / lambdas.length)] + lambda);
    }),
  );
  const blocks: LeftBlock[] | null = cloud.count * rank <= mostKept ? [] : null;
  const rowsPerLeftBlock = Math.min(cloud.count, Math.ceil(blockSize / rank));
  const left = { cloud, rows, directions, rowsPerLeftBlock };
  const leverageWeights = matrix64(lambdas.length, cloud.count);
  for await (const block of computeLeft(left, options)) {
    blocks?.push(block);
    await leverageWeightsInto(leverageWeights, block, factors, options);
  }
  // A source value that is not finite leaves its row without a weight: only then is it looked for.
  if (!leverageWeights.data.every((weight) => weight > 0 && weight < Infinity)) checkFinite(rows, "fitRidgeLeaveOneOut: source");
  async function* leftBlocks(again: MomentsOptions): AsyncGenerator<LeftBlock> {
    if (blocks === null) yield* computeLeft(left, again);
    else yield* blocks;
  }
  const { pivots, coefficients } = interpolateRows(overSmallest(leverageWeights), weightTolerance);
  const pivotWeights = rowsOf(leverageWeights, pivots);
  const sums = await weighedSpreads(leftBlocks(options), pivotWeights, rank, options);
  const source = {
    lambdas: [...lambdas],
    cloud,
    engine,
    directions,
    factors,
    weights: await engine.product(coefficients, pivotWeights, { signal: options.signal }),
    spreads: await engine.product(coefficients, sums, { signal: options.signal }),
    rowsPerLeftBlock,
    leftBlocks,
  };
  known.set(rows, source);
  return source;
}

interface LeftFactor {
  readonly cloud: CloudMoments;
  readonly rows: Matrix32;
  readonly directions: LiveDirections;
  readonly rowsPerLeftBlock: number;
}

async function* computeLeft(
  { cloud: { count, mean }, rows, directions: { vectors, values, rank }, rowsPerLeftBlock }: LeftFactor,
  { engine, signal }: MomentsOptions,
): AsyncGenerator<LeftBlock> {
  const divided = matrix64(vectors.rows, rank);
  for (let k = 0; k < divided.data.length; k++) divided.data[k] = vectors.data[k] / Math.sqrt(values[k % rank]);
  const centre = blockCentring(rows, mean);
  for (let first = 0; first < count; first += rowsPerLeftBlock) {
    const last = Math.min(first + rowsPerLeftBlock, count);
    const centred = centre(first, last);
    yield { first, last, columns: await engine.product(divided, centred, { transposeLeft: true, transposeRight: true, signal }) };
  }
}

/** 1 − h = (1 − 1/n − Σ u²) + Σ u² f, whose first part is zero where U fills all that centred rows can. */
async function leverageWeightsInto(
  weights: Matrix64,
  { first, last, columns: left }: LeftBlock,
  factors: Matrix64,
  { engine, signal }: MomentsOptions,
): Promise<void> {
  const count = weights.columns;
  const squares = matrix64(left.rows, left.columns);
  const unreached = new Float64Array(left.columns).fill(1 - 1 / count);
  for (let j = 0, k = 0; j < left.rows; j++) {
    for (let i = 0; i < left.columns; i++, k++) {
      squares.data[k] = left.data[k] * left.data[k];
      unreached[i] -= squares.data[k];
    }
  }
  const fillsAll = left.rows === count - 1;
  const kept = await engine.product(factors, squares, { transposeLeft: true, signal });
  for (let l = 0; l < weights.rows; l++) {
    for (let i = 0; i < last - first; i++) {
      const share = (fillsAll ? 0 : Math.max(0, unreached[i])) + kept.data[l * left.columns + i];
      weights.data[l * count + first + i] = 1 / (share * share);
    }
  }
}

/** Uᵀ diag(w) U of each row w of `weights`, packed as a row of the result. */
async function weighedSpreads(
  blocks: AsyncIterable<LeftBlock>,
  weights: Matrix64,
  rank: number,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const spreads = matrix64(weights.rows, (rank * (rank + 1)) / 2);
  const pace = startPace(signal);
  let scratch = new Float64Array();
  for await (const { first, last, columns: left } of blocks) {
    if (scratch.length < left.data.length) scratch = new Float64Array(left.data.length);
    const weighed = matrix64(rank, left.columns, scratch.subarray(0, left.data.length));
    for (let k = 0; k < weights.rows; k++) {
      const own = weights.data.subarray(k * weights.columns + first, k * weights.columns + last);
      weighInto(weighed.data, left.data, own.map(Math.sqrt));
      const { data } = await engine.gram(weighed, { ofRows: true, signal });
      addLowerInto(spreads.data.subarray(k * spreads.columns, (k + 1) * spreads.columns), data, rank);
      if (pace.spend(left.data.length + data.length)) await pace.turn();
    }
  }
  return spreads;
}

/** Each row of `weighed` becomes the row of `data`, entry by entry times `weights`. */
function weighInto(weighed: Float64Array, data: Float64Array, weights: Float64Array): void {
  const count = weights.length;
  for (let begin = 0; begin < data.length; begin += count) {
    let i = 0;
    for (let k = begin; i < count - 3; i += 4, k += 4) {
      weighed[k] = weights[i] * data[k];
      weighed[k + 1] = weights[i + 1] * data[k + 1];
      weighed[k + 2] = weights[i + 2] * data[k + 2];
      weighed[k + 3] = weights[i + 3] * data[k + 3];
    }
    for (; i < count; i++) weighed[begin + i] = weights[i] * data[begin + i];
  }
}

/** packed += what is on and below the diagonal of a square matrix, row after row. */
function addLowerInto(packed: Float64Array, square: Float64Array, size: number): void {
  for (let j = 0, at = 0; j < size; j++) {
    for (let i = j * size; i <= j * size + j; i++, at++) packed[at] += square[i];
  }
}

function rowsOf({ columns, data }: Matrix64, indices: readonly number[]): Matrix64 {
  const taken = matrix64(indices.length, columns);
  indices.forEach((row, i) => {
    taken.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return taken;
}

/** Each row's weights over the smallest of them: what is near in absolute terms is then near in relative ones. */
function overSmallest({ rows, columns, data }: Matrix64): Matrix64 {
  const least = new Float64Array(columns).fill(Infinity);
  for (let k = 0; k < data.length; k++) least[k % columns] = Math.min(least[k % columns], data[k]);
  return matrix64(
    rows,
    columns,
    data.map((value, k) => value / least[k % columns]),
  );
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
