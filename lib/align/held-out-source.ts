import { checkFinite, mapValues, matrix32, matrix64, toFloat32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { interpolateRows } from "../linalg/interpolate-rows.js";
import { startPace } from "../linalg/pace.js";
import type { CloudMoments, MomentsOptions } from "./cloud.js";
import { leftBlocks, leverageWeights, type LeftFactor } from "./left-directions.js";
import { liveDirections } from "./live-directions.js";

/** Left directions that are kept hold at most so many numbers (32 MiB); longer ones are computed again for each target. */
const mostKept = 2 ** 23;

/** Weights are interpolated over penalties to within this share of their mean. */
const weightTolerance = 1e-6;

/** Rows `first` to `last` − 1 of U, rounded to float32, as columns: rank × rows. */
export interface RoundedBlock {
  readonly first: number;
  readonly last: number;
  readonly columns: Matrix32;
}

/** What leaving out one row at a time does to the source alone, for L penalties. */
export interface HeldOutSource extends LeftFactor {
  readonly lambdas: readonly number[];
  readonly engine: Engine;
  /** λ / (Λ + λ), rank × L. */
  readonly factors: Matrix64;
  /** (1 − h)⁻² of the leverage h, offset included: L × n. */
  readonly weights: Matrix64;
  /** The mean weight over the least, of the penalty where that is most: from 1 where all rows weigh alike. */
  readonly inequality: number;
  /** Uᵀ diag(weights) U of each penalty, a row each: entries on and below the diagonal, row after row. */
  readonly spreads: Matrix64;
  /** U, a block at a time. */
  roundedBlocks(options: MomentsOptions): AsyncIterable<RoundedBlock>;
}

const known = new WeakMap<Matrix32, HeldOutSource>();

/**
 * The sums over a source's rows that leave-one-out needs and that do not see the target, from products in float32; kept as long as the
 * rows, to serve the source's other targets.
 *
 * Weights as functions of the penalty are so smooth that how far a few penalties' are from their mean carries how far all others' are,
 * and so do their sums: only those few are summed, and the others' weights are what these make of them, so that all sums weigh alike.
 * What all rows have in common of a weight is not summed either, since UᵀU = I: rounding is a share of the rest alone, and each penalty's
 * mean weight is kept.
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
  const { engine, signal } = options;
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
  const left = { cloud, rows, directions };
  const blocks: RoundedBlock[] | null = cloud.count * rank <= mostKept ? [] : null;
  const exact = matrix64(lambdas.length, cloud.count);
  for await (const block of leftBlocks(left, options)) {
    blocks?.push({ ...block, columns: toFloat32(block.columns) });
    const weights = await leverageWeights(block, factors, cloud.count, options);
    for (let l = 0; l < weights.rows; l++) {
      exact.data.set(weights.data.subarray(l * weights.columns, (l + 1) * weights.columns), l * cloud.count + block.first);
    }
  }
  // A source value that is not finite leaves its row without a weight: only then is it looked for.
  if (!exact.data.every((weight) => weight > 0 && weight < Infinity)) checkFinite(rows, "fitRidgeLeaveOneOut: source");
  async function* roundedBlocks(again: MomentsOptions): AsyncGenerator<RoundedBlock, void, undefined> {
    if (blocks === null) for await (const block of leftBlocks(left, again)) yield { ...block, columns: toFloat32(block.columns) };
    else yield* blocks;
  }
  const { means, shares } = overMeans(exact);
  const { pivots, coefficients } = interpolateRows(
    mapValues(shares, (share) => share - 1),
    weightTolerance,
  );
  const { least, excess } = overLeast(rowsOf(shares, pivots));
  const sums = await weighedSpreads(roundedBlocks(options), excess, rank, options);
  const ofPivots = mapValues(coefficients, (value, k) => value * means[Math.floor(k / pivots.length)]);
  const ofAll = means.map((mean, l) => least.reduce((sum, value, k) => sum - (1 - value) * ofPivots.data[l * pivots.length + k], mean));
  const weights = await engine.product(ofPivots, excess, { signal });
  for (let k = 0; k < weights.data.length; k++) weights.data[k] += ofAll[Math.floor(k / weights.columns)];
  const spreads = await engine.product(ofPivots, sums, { signal });
  for (let l = 0; l < spreads.rows; l++) addDiagonalInto(spreads.data.subarray(l * spreads.columns, (l + 1) * spreads.columns), ofAll[l]);
  const inequality = 1 / shares.data.reduce((low, share) => Math.min(low, share), 1);
  const source = { ...left, lambdas: [...lambdas], engine, factors, weights, inequality, spreads, roundedBlocks };
  known.set(rows, source);
  return source;
}

/** Uᵀ diag(w) U of each row w of `weights`, packed as a row of the result. */
async function weighedSpreads(
  blocks: AsyncIterable<RoundedBlock>,
  weights: Matrix64,
  rank: number,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const spreads = matrix64(weights.rows, (rank * (rank + 1)) / 2);
  const pace = startPace(signal);
  let scratch = new Float32Array();
  for await (const { first, last, columns: left } of blocks) {
    if (scratch.length < left.data.length) scratch = new Float32Array(left.data.length);
    const weighed = matrix32(rank, left.columns, scratch.subarray(0, left.data.length));
    for (let k = 0; k < weights.rows; k++) {
      const own = weights.data.subarray(k * weights.columns + first, k * weights.columns + last);
      weighInto(weighed.data, left.data, Float32Array.from(own, Math.sqrt));
      const { data } = await engine.gram(weighed, { ofRows: true, signal });
      addLowerInto(spreads.data.subarray(k * spreads.columns, (k + 1) * spreads.columns), data, rank);
      if (pace.spend(left.data.length + data.length)) await pace.turn();
    }
  }
  return spreads;
}

/** Each row of `weighed` becomes the row of `data`, entry by entry times `weights`. */
function weighInto(weighed: Float32Array, data: Float32Array, weights: Float32Array): void {
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
function addLowerInto(packed: Float64Array, square: Float32Array, size: number): void {
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

/** Each penalty's weights over their mean: those of few rows grow by many orders of magnitude from penalty to penalty, and hardly else. */
function overMeans({ rows, columns, data }: Matrix64): { readonly means: Float64Array; readonly shares: Matrix64 } {
  const means = new Float64Array(rows);
  const shares = matrix64(rows, columns);
  for (let l = 0; l < rows; l++) {
    const [begin, end] = [l * columns, (l + 1) * columns];
    for (let k = begin; k < end; k++) means[l] += data[k] / columns;
    for (let k = begin; k < end; k++) shares.data[k] = data[k] / means[l];
  }
  return { means, shares };
}

/** What each row's values exceed the least of them by. */
function overLeast(matrix: Matrix64): { readonly least: number[]; readonly excess: Matrix64 } {
  const { rows, columns, data } = matrix;
  const least = Array.from({ length: rows }, (_, i) =>
    data.subarray(i * columns, (i + 1) * columns).reduce((low, value) => Math.min(low, value), Infinity),
  );
  return { least, excess: mapValues(matrix, (value, k) => value - least[Math.floor(k / columns)]) };
}

/** The diagonal of a packed lower triangle += value. */
function addDiagonalInto(packed: Float64Array, value: number): void {
  for (let j = 0, at = 0; at < packed.length; j++, at += j + 1) packed[at] += value;
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
