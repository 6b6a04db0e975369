import { matrix64, type Matrix64 } from "../core/matrix.js";
import { createRandom } from "../core/random.js";
import type { Svd, WorkOptions } from "./engine.js";
import { nearestIsometry, polish } from "./newton-schulz.js";
import type { Product } from "./onnx-product.js";
import { signColumnsInto } from "./sign-columns.js";
import { singularDirections, splitPolar, tallForm } from "./singular-directions.js";

/** Singular values below this times the size and the largest value are rounding. */
const roundingPerSize = 8 * Number.EPSILON;

/** A Gaussian matrix of any size met here is better conditioned than this. */
const gaussianFloor = 1e-9;

/**
 * Thin singular value decomposition with both factors orthonormal, also where values are zero or repeated.
 *
 * Each value is within rounding of the largest one. Left vectors of values that are rounding complete the others to an orthonormal
 * set (from a fixed seed); nothing else about them is determined.
 *
 * @throws ValueError when an entry is not finite.
 */
export async function svdByProducts(matrix: Matrix64, product: Product, { signal }: WorkOptions = {}): Promise<Svd> {
  const { tall, turned } = tallForm(matrix, "svd");
  const tolerance = Math.max(1e-13, roundingPerSize * tall.columns);
  const parts = await splitPolar(tall, tolerance, product, { signal });
  const { values, right, left } = await singularDirections(parts, tolerance, product, { signal });
  const whole = await completeColumns(left, tall.columns, product, { signal });
  const [first, second] = turned ? [right, whole] : [whole, right];
  signColumnsInto(first, second);
  return { left: first, values, right: second };
}

/** Add orthonormal columns until there are `count`. */
async function completeColumns(columns: Matrix64, count: number, product: Product, options: WorkOptions): Promise<Matrix64> {
  const missing = count - columns.columns;
  if (missing === 0) return columns;
  const random = createRandom(0);
  const drawn = matrix64(
    columns.rows,
    missing,
    Float64Array.from({ length: columns.rows * missing }, () => random.normal()),
  );
  const { isometry } = await nearestIsometry(await without(columns, drawn, product, options), gaussianFloor, product, options);
  const added = await polish(await without(columns, isometry, product, options), product, options);
  return beside(columns, added);
}

/** vectors − B Bᵀ vectors for orthonormal columns B. */
async function without(basis: Matrix64, vectors: Matrix64, product: Product, options: WorkOptions): Promise<Matrix64> {
  const along = await product(basis, vectors, { ...options, transposeLeft: true });
  const part = await product(basis, along, options);
  return matrix64(
    vectors.rows,
    vectors.columns,
    vectors.data.map((value, i) => value - part.data[i]),
  );
}

function beside(first: Matrix64, second: Matrix64): Matrix64 {
  const columns = first.columns + second.columns;
  const joined = matrix64(first.rows, columns);
  for (let i = 0; i < first.rows; i++) {
    joined.data.set(first.data.subarray(i * first.columns, (i + 1) * first.columns), i * columns);
    joined.data.set(second.data.subarray(i * second.columns, (i + 1) * second.columns), i * columns + first.columns);
  }
  return joined;
}
