import { matrix64, type Matrix64 } from "../core/matrix.js";
import { checkLowerFinite, checkSquare, largestMagnitude } from "./check.js";
import type { Eigen, WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { solveTridiagonal } from "./tridiagonal-merge.js";
import { tridiagonalise, type Tridiagonal } from "./tridiagonal.js";

/** Reflections that are applied to the vectors by one product. */
const reflectionsPerProduct = 64;

/**
 * Eigenvalues, descending, and orthonormal eigenvectors of a symmetric matrix.
 *
 * Householder tridiagonalisation in JavaScript, then divide and conquer whose work is `product`. Each eigenvalue is within rounding
 * of the largest one, so small ones are known in absolute terms only.
 *
 * @param symmetric d × d; only its lower triangle is read.
 * @throws ShapeError when the matrix is not square; ValueError when an entry is not finite.
 */
export async function eighByProducts(symmetric: Matrix64, product: Product, { signal }: WorkOptions = {}): Promise<Eigen> {
  checkSquare(symmetric, "eigh");
  checkLowerFinite(symmetric, "eigh");
  const size = symmetric.rows;
  const scale = largestInLower(symmetric);
  if (scale === 0) return { values: new Float64Array(size), vectors: identity(size) };

  const scaled = matrix64(
    size,
    size,
    symmetric.data.map((value) => value / scale),
  );
  const reduced = await tridiagonalise(scaled, { signal });
  const { values, rows } = await solveTridiagonal(reduced.diagonal, reduced.beside, product, { signal });
  const turned = await applyReflections(rows, reduced, product, { signal });
  return { values: values.toReversed().map((value) => value * scale), vectors: signedColumns(turned) };
}

/** rows · H(2) ⋯ H(d−1), a block of reflections at a time: H(a) ⋯ H(b) = I − V M Vᵀ. */
async function applyReflections(
  rows: Matrix64,
  { reflectors, scales }: Tridiagonal,
  product: Product,
  options: WorkOptions,
): Promise<Matrix64> {
  const size = rows.rows;
  const turned = matrix64(size, size, rows.data.slice());
  for (let first = 1; first < size; first += reflectionsPerProduct) {
    const last = Math.min(first + reflectionsPerProduct, size);
    const vectors = matrix64(last - first, size, reflectors.data.subarray(first * size, last * size));
    const overlaps = await product(vectors, vectors, { ...options, transposeRight: true });
    const along = await product(turned, vectors, { ...options, transposeRight: true });
    const mixed = await product(mixing(overlaps, scales.subarray(first, last)), vectors, options);
    const change = await product(along, mixed, options);
    for (let i = 0; i < turned.data.length; i++) turned.data[i] -= change.data[i];
  }
  return turned;
}

/** The upper-triangular M of I − V M Vᵀ (compact WY form), from the overlaps VᵀV. */
function mixing(overlaps: Matrix64, scales: Float64Array): Matrix64 {
  const count = overlaps.rows;
  const mixed = matrix64(count, count);
  for (let j = 0; j < count; j++) {
    mixed.data[j * count + j] = scales[j];
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += mixed.data[i * count + k] * overlaps.data[k * count + j];
      mixed.data[i * count + j] = -scales[j] * sum;
    }
  }
  return mixed;
}

/** Rows in ascending order become columns in descending order, the entry largest in magnitude positive. */
export function signedColumns({ rows: size, data }: Matrix64): Matrix64 {
  const columns = matrix64(size, size);
  for (let i = 0; i < size; i++) {
    const row = data.subarray(i * size, (i + 1) * size);
    const sign = signOfLargest(row);
    const column = size - 1 - i;
    for (let j = 0; j < size; j++) columns.data[j * size + column] = sign * row[j];
  }
  return columns;
}

function signOfLargest(row: Float64Array): 1 | -1 {
  let largest = 0;
  for (let j = 0; j < row.length; j++) if (Math.abs(row[j]) > Math.abs(largest)) largest = row[j];
  return largest < 0 ? -1 : 1;
}

function largestInLower({ rows, data }: Matrix64): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, largestMagnitude(data.subarray(i * rows, i * rows + i + 1)));
  return largest;
}

function identity(size: number): Matrix64 {
  const unit = matrix64(size, size);
  for (let i = 0; i < size; i++) unit.data[i * size + i] = 1;
  return unit;
}
