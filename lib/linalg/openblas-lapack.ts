import { checkDoubles, checkInfo, foreignInteger, foreignIntegers, type ForeignIntegers } from "./openblas-arguments.js";
import type { OpenblasLibrary } from "./openblas-library.js";

// LAPACK stores columns one after another: what it calls the upper triangle of a matrix is the lower one of ours,
// and what it takes apart is the transpose.

/**
 * Replace a symmetric d × d matrix, whose lower triangle is read, by its orthonormal eigenvectors as rows; d is at least 1.
 *
 * @returns d eigenvalues, ascending; row j belongs to value j.
 * @throws ValueError when the iteration does not converge; ShapeError when an argument does not fit.
 */
export function eigenRowsInto(library: OpenblasLibrary, matrix: Float64Array, size: number): Float64Array {
  const { integerBits } = library.naming;
  checkDoubles(matrix, size * size, "the matrix of dsyevd");
  const values = new Float64Array(size);
  const count = foreignInteger(size, integerBits, "the size of dsyevd");
  const info = foreignIntegers(1, integerBits);
  const call = (work: Float64Array, workCount: number, integers: ForeignIntegers, integerCount: number): void => {
    const workSize = foreignInteger(workCount, integerBits, "the workspace of dsyevd");
    const integerSize = foreignInteger(integerCount, integerBits, "the workspace of dsyevd");
    library.dsyevd("V", "U", count, matrix, count, values, work, workSize, integers, integerSize, info, 1, 1);
    checkInfo(Number(info[0]), "dsyevd", "eigh");
  };
  const workCount = new Float64Array(1);
  const integerCount = foreignIntegers(1, integerBits);
  call(workCount, -1, integerCount, -1);
  const integers = foreignIntegers(Number(integerCount[0]), integerBits);
  call(new Float64Array(workCount[0]), workCount[0], integers, integers.length);
  return values;
}

/** Thin factors of an m × n matrix, k = min(m, n). */
export interface SingularFactors {
  /** m × k, row-major. */
  readonly left: Float64Array;
  /** k values, descending. */
  readonly values: Float64Array;
  /** k × n, row-major: right vectors as rows. */
  readonly rightRows: Float64Array;
}

/**
 * Singular values and vectors of an m × n matrix, which is destroyed; m and n are at least 1.
 *
 * @throws ValueError when the iteration does not converge; ShapeError when an argument does not fit.
 */
export function singularFactors(library: OpenblasLibrary, matrix: Float64Array, rows: number, columns: number): SingularFactors {
  const { integerBits } = library.naming;
  const kept = Math.min(rows, columns);
  checkDoubles(matrix, rows * columns, "the matrix of dgesdd");
  const left = new Float64Array(rows * kept);
  const values = new Float64Array(kept);
  const rightRows = new Float64Array(kept * columns);
  const rowCount = foreignInteger(rows, integerBits, "the count of rows of dgesdd");
  const columnCount = foreignInteger(columns, integerBits, "the count of columns of dgesdd");
  const keptCount = foreignInteger(kept, integerBits, "the count of values of dgesdd");
  const integers = foreignIntegers(8 * kept, integerBits);
  const info = foreignIntegers(1, integerBits);
  const call = (work: Float64Array, workCount: number): void => {
    const workSize = foreignInteger(workCount, integerBits, "the workspace of dgesdd");
    library.dgesdd(
      ...["S", columnCount, rowCount, matrix, columnCount, values],
      ...[rightRows, columnCount, left, keptCount, work, workSize, integers, info, 1],
    );
    checkInfo(Number(info[0]), "dgesdd", "svd");
  };
  const workCount = new Float64Array(1);
  call(workCount, -1);
  call(new Float64Array(workCount[0]), workCount[0]);
  return { left, values, rightRows };
}

/**
 * Replace the lower triangle of a symmetric d × d matrix by Cholesky's factor; what is above it stays. d is at least 1.
 *
 * @returns the row whose pivot is not positive, where the work stopped with that pivot on the diagonal; −1 when there is none.
 * @throws ValueError when LAPACK refuses an argument; ShapeError when an argument does not fit.
 */
export function choleskyInto(library: OpenblasLibrary, matrix: Float64Array, size: number): number {
  const { integerBits } = library.naming;
  checkDoubles(matrix, size * size, "the matrix of dpotrf");
  const count = foreignInteger(size, integerBits, "the size of dpotrf");
  const info = foreignIntegers(1, integerBits);
  library.dpotrf("U", count, matrix, count, info, 1);
  const result = Number(info[0]);
  checkInfo(Math.min(0, result), "dpotrf", "cholesky");
  return result - 1;
}
