import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { checkLowerFinite, checkSquare } from "./check.js";
import type { WorkOptions } from "./engine.js";
import { startPace } from "./pace.js";

/**
 * Lower-triangular L with L Lᵀ = A.
 *
 * @param symmetric d × d; only its lower triangle is read.
 * @throws ShapeError when the matrix is not square; ValueError when an entry is not finite, or a pivot is not above rounding.
 */
export async function choleskyByRows(symmetric: Matrix64, options: WorkOptions = {}): Promise<Matrix64> {
  checkSquare(symmetric, "cholesky");
  checkLowerFinite(symmetric, "cholesky");
  const { lower, failedAt, pivot } = await factorLower(symmetric, options);
  if (failedAt >= 0) throw pivotError(failedAt, symmetric.rows, pivot);
  return lower;
}

export function pivotError(index: number, size: number, pivot: number): ValueError {
  return new ValueError(
    `cholesky: pivot ${index} of ${size} is ${pivot}; the matrix must be positive definite, so add to its diagonal or use eigh`,
  );
}

/** Whether a pivot, an entry of the diagonal less what earlier rows explain of it, is above rounding. */
export function isSoundPivot(pivot: number, diagonal: number, size: number): boolean {
  return pivot > size * Number.EPSILON * diagonal;
}

export interface LowerFactor {
  readonly lower: Matrix64;
  /** The row whose pivot is not above rounding, where the work stopped; −1 when there is none. */
  readonly failedAt: number;
  /** The last pivot. */
  readonly pivot: number;
}

/** Cholesky's factor as far as it exists, of a matrix that was checked. */
export async function factorLower(symmetric: Matrix64, { signal }: WorkOptions = {}): Promise<LowerFactor> {
  const size = symmetric.rows;
  const lower = matrix64(size, size);
  const { data } = lower;
  const pace = startPace(signal);
  let pivot = 0;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j < i; j++) {
      data[row + j] = (symmetric.data[row + j] - dot(data, row, j * size, j)) / data[j * size + j];
    }
    pivot = symmetric.data[row + i] - dot(data, row, row, i);
    if (!isSoundPivot(pivot, symmetric.data[row + i], size)) return { lower, failedAt: i, pivot };
    data[row + i] = Math.sqrt(pivot);
    if (pace.spend((i * i) / 2)) await pace.turn();
  }
  return { lower, failedAt: -1, pivot };
}

/** Whether every eigenvalue of a symmetric matrix surely exceeds `least`; within rounding of it the answer is no. */
export async function exceeds(symmetric: Matrix64, least: number, options: WorkOptions = {}): Promise<boolean> {
  const { rows: size, data } = symmetric;
  const shifted = matrix64(size, size, data.slice());
  for (let i = 0; i < size; i++) shifted.data[i * size + i] -= least;
  return (await factorLower(shifted, options)).failedAt < 0;
}

/** Σ data[a + k] data[b + k] for k < count, in four sums. */
function dot(data: Float64Array, a: number, b: number, count: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    first += data[a + k] * data[b + k];
    second += data[a + k + 1] * data[b + k + 1];
    third += data[a + k + 2] * data[b + k + 2];
    fourth += data[a + k + 3] * data[b + k + 3];
  }
  for (; k < count; k++) first += data[a + k] * data[b + k];
  return first + second + (third + fourth);
}
