import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { interpolateRows } from "../linalg/interpolate-rows.js";
import { startPace } from "../linalg/pace.js";
import { rowsPerBlock, type CloudMoments, type MomentsOptions } from "./cloud.js";
import { liveDirections, type LiveDirections } from "./live-directions.js";
import { blockCentring } from "./rows.js";

/** Left directions that are kept hold at most so many numbers (64 MiB); longer ones are computed again for each target. */
const mostKept = 2 ** 23;

/** Columns of one strip of a triangle of sums. */
const stripWidth = 128;

/** Weights are interpolated over penalties to within this share of themselves. */
const weightTolerance = 1e-12;

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
  /** Uᵀ diag(weights) U of each penalty: entries on and below the diagonal, row after row. */
  readonly spreads: readonly Float64Array[];
  /** U, a block at a time. */
  leftBlocks(options: MomentsOptions): AsyncIterable<LeftBlock>;
}

const known = new WeakMap<Matrix32, HeldOutSource>();

/**
 * The sums over a source's rows that leave-one-out needs and that do not see the target; kept as long as the rows, to serve the
 * source's other targets.
 *
 * Weights as functions of the penalty are so smooth that a few penalties' weights carry all others' to within rounding, and so do their
 * sums: only those few are summed.
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

  checkFinite(rows, "fitRidgeLeaveOneOut: source");
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
  const weights = matrix64(lambdas.length, cloud.count);
  for await (const block of computeLeft(cloud, rows, directions, options)) {
    blocks?.push(block);
    await leverageWeightsInto(weights, block, factors, options);
  }
  async function* leftBlocks(again: MomentsOptions): AsyncGenerator<LeftBlock> {
    if (blocks === null) yield* computeLeft(cloud, rows, directions, again);
    else yield* blocks;
  }
  const spreads = await weighedSpreads(leftBlocks(options), weights, rank, options);
  const source = { lambdas: [...lambdas], cloud, engine, directions, factors, weights, spreads, leftBlocks };
  known.set(rows, source);
  return source;
}

async function* computeLeft(
  { count, mean }: CloudMoments,
  rows: Matrix32,
  { vectors, values, rank }: LiveDirections,
  { engine, signal }: MomentsOptions,
): AsyncGenerator<LeftBlock> {
  const divided = matrix64(vectors.rows, rank);
  for (let k = 0; k < divided.data.length; k++) divided.data[k] = vectors.data[k] / Math.sqrt(values[k % rank]);
  const centre = blockCentring(rows, mean);
  for (let first = 0; first < count; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, count);
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

async function weighedSpreads(
  blocks: AsyncIterable<LeftBlock>,
  weights: Matrix64,
  rank: number,
  options: MomentsOptions,
): Promise<Float64Array[]> {
  const { pivots, coefficients } = interpolateRows(overSmallest(weights), weightTolerance);
  const sums = pivots.map(() => new Float64Array((rank * (rank + 1)) / 2));
  const pace = startPace(options.signal);
  const height = Math.min(stripWidth, rank);
  const scratch = { strip: new Float64Array(height * Math.min(rowsPerBlock, weights.columns)), part: new Float64Array(height * rank) };
  for await (const { first, last, columns } of blocks) {
    for (const [k, pivot] of pivots.entries()) {
      const own = weights.data.subarray(pivot * weights.columns + first, pivot * weights.columns + last);
      await addSpreadInto(sums[k], columns, own, { ...options, scratch });
      if (pace.spend(columns.data.length + sums[k].length)) await pace.turn();
    }
  }
  const spreads: Float64Array[] = [];
  for (let l = 0; l < weights.rows; l++) {
    const own = pivots.indexOf(l);
    spreads.push(own >= 0 ? sums[own] : combined(sums, coefficients.data.subarray(l * pivots.length, (l + 1) * pivots.length)));
    if (pace.spend(pivots.length * sums[0].length)) await pace.turn();
  }
  return spreads;
}

/** Memory that strips are made in, again and again. */
interface StripScratch {
  readonly strip: Float64Array;
  readonly part: Float64Array;
}

/** packed += U diag(weights) Uᵀ of columns U, a strip of the triangle at a time. */
async function addSpreadInto(
  packed: Float64Array,
  { rows: rank, columns: count, data }: Matrix64,
  weights: Float64Array,
  { engine, signal, scratch }: MomentsOptions & { readonly scratch: StripScratch },
): Promise<void> {
  for (let first = 0; first < rank; first += stripWidth) {
    const last = Math.min(first + stripWidth, rank);
    const strip = scratch.strip.subarray(0, (last - first) * count);
    weighInto(strip, data.subarray(first * count, last * count), weights);
    const above = matrix64(last, count, data.subarray(0, last * count));
    const part = await engine.product(matrix64(last - first, count, strip), above, { transposeRight: true, into: scratch.part, signal });
    addStripInto(packed, part.data, first, last);
  }
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

/** Rows `first` to `last` − 1 of a packed triangle += those rows of a matrix that is `last` wide. */
function addStripInto(packed: Float64Array, part: Float64Array, first: number, last: number): void {
  for (let j = first, at = (first * (first + 1)) / 2; j < last; j++) {
    const begin = (j - first) * last;
    for (let i = 0; i <= j; i++) packed[at + i] += part[begin + i];
    at += j + 1;
  }
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

function combined(parts: readonly Float64Array[], factors: Float64Array): Float64Array {
  const sum = new Float64Array(parts[0].length);
  parts.forEach((part, p) => {
    const factor = factors[p];
    for (let k = 0; k < sum.length; k++) sum[k] += factor * part[k];
  });
  return sum;
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
