import { checkFinite, matrix64, type Matrix64 } from "../core/matrix.js";
import { largestMagnitude } from "./check.js";
import { eighByProducts } from "./eigh.js";
import type { WorkOptions } from "./engine.js";
import { nearestIsometry, polish, type NearIsometry } from "./newton-schulz.js";
import type { Product } from "./onnx-product.js";
import { transpose } from "./transpose.js";

/** A = W H of a tall m × n matrix, with W as near to an isometry as the rank allows. */
export interface PolarParts {
  /** m × n; singular values of A that are at least the tolerance times the largest became 1. */
  readonly isometry: Matrix64;
  /** n × n, symmetric, no negative eigenvalue beyond rounding; its eigenvalues are the singular values of A. */
  readonly symmetric: Matrix64;
}

/** The isometry of a tall matrix, m ≥ n, and what is sure of the matrix's singular values. */
export async function isometryOf(tall: Matrix64, tolerance: number, product: Product, options: WorkOptions): Promise<NearIsometry> {
  const { rows, columns } = tall;
  const scale = largestMagnitude(tall.data);
  if (scale === 0) return { isometry: matrix64(rows, columns), leastShare: 0 };
  const unit = matrix64(rows, columns);
  for (let i = 0; i < unit.data.length; i++) unit.data[i] = tall.data[i] / scale;
  return nearestIsometry(unit, tolerance / 10, product, options);
}

/** H of A = W H. */
export async function symmetricPart(isometry: Matrix64, tall: Matrix64, product: Product, options: WorkOptions): Promise<Matrix64> {
  const { columns } = tall;
  const raw = await product(isometry, tall, { ...options, transposeLeft: true });
  const symmetric = matrix64(columns, columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const mean = raw.data[i * columns + j] / 2 + raw.data[j * columns + i] / 2;
      symmetric.data[i * columns + j] = mean;
      symmetric.data[j * columns + i] = mean;
    }
  }
  return symmetric;
}

/** Split a tall matrix, m ≥ n, by products. */
export async function splitPolar(tall: Matrix64, tolerance: number, product: Product, options: WorkOptions): Promise<PolarParts> {
  const { isometry } = await isometryOf(tall, tolerance, product, options);
  return { isometry, symmetric: await symmetricPart(isometry, tall, product, options) };
}

/** Singular values and directions of a tall m × n matrix. */
export interface SingularDirections {
  /** n values, descending. */
  readonly values: Float64Array;
  /** n × n, columns orthonormal. */
  readonly right: Matrix64;
  /** m × rank, columns orthonormal. */
  readonly left: Matrix64;
  /** Count of values that are at least the tolerance times the largest. */
  readonly rank: number;
}

/**
 * The eigenvectors of H are the right directions of A = W H, and W carries them to the left.
 *
 * @see Higham and Papadimitriou 1994, doi:10.1016/0167-8191(94)90073-6
 */
export async function singularDirections(
  { isometry, symmetric }: PolarParts,
  tolerance: number,
  product: Product,
  options: WorkOptions,
): Promise<SingularDirections> {
  const { values, vectors: right } = await eighByProducts(symmetric, product, options);
  const rank = numericalRank(values, tolerance);
  const left = await polish(await product(isometry, firstColumns(right, rank), options), product, options);
  return { values: values.map((value) => Math.max(0, value)), right, left, rank };
}

/** How many of the values, descending, are above zero and at least `tolerance` times the first. */
export function numericalRank(values: Float64Array, tolerance: number): number {
  let rank = 0;
  while (rank < values.length && values[rank] > 0 && values[rank] >= tolerance * values[0]) rank++;
  return rank;
}

/** The matrix with at least as many rows as columns, turned when that is needed. @throws ValueError when an entry is not finite. */
export function tallForm(matrix: Matrix64, caller: string): { tall: Matrix64; turned: boolean } {
  checkFinite(matrix, caller);
  const turned = matrix.rows < matrix.columns;
  return { tall: turned ? transpose(matrix) : matrix, turned };
}

export function firstColumns({ rows, columns, data }: Matrix64, count: number): Matrix64 {
  const first = matrix64(rows, count);
  for (let i = 0; i < rows; i++) first.data.set(data.subarray(i * columns, i * columns + count), i * count);
  return first;
}
