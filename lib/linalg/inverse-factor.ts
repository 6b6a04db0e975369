import { matrix64, type Matrix64 } from "../core/matrix.js";
import { factorLower } from "./cholesky.js";
import type { WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";

/** Up to this size the work is done row by row. */
const leafSize = 48;

/**
 * L⁻¹ of a symmetric A = L Lᵀ, by halves whose work is `product`; null where a pivot is not above rounding.
 *
 * tr A⁻¹ = ‖L⁻¹‖², and every eigenvalue of A is at least its reciprocal.
 */
export async function inverseFactor(symmetric: Matrix64, product: Product, options: WorkOptions = {}): Promise<Matrix64 | null> {
  const size = symmetric.rows;
  if (size <= leafSize) return invertLeaf(symmetric, options);
  const half = size >> 1;
  const upper = await inverseFactor(blockOf(symmetric, 0, half, 0), product, options);
  if (upper === null) return null;
  const beside = await product(blockOf(symmetric, half, size, 0), upper, { ...options, transposeRight: true });
  const explained = await product(beside, beside, { ...options, transposeRight: true });
  const rest = blockOf(symmetric, half, size, half);
  for (let k = 0; k < rest.data.length; k++) rest.data[k] -= explained.data[k];
  const lower = await inverseFactor(rest, product, options);
  if (lower === null) return null;
  const corner = await product(lower, await product(beside, upper, options), options);
  const inverse = matrix64(size, size);
  for (let i = 0; i < half; i++) inverse.data.set(upper.data.subarray(i * half, (i + 1) * half), i * size);
  for (let i = half; i < size; i++) {
    for (let j = 0; j < half; j++) inverse.data[i * size + j] = -corner.data[(i - half) * half + j];
    inverse.data.set(lower.data.subarray((i - half) * (size - half), (i - half + 1) * (size - half)), i * size + half);
  }
  return inverse;
}

async function invertLeaf(symmetric: Matrix64, options: WorkOptions): Promise<Matrix64 | null> {
  const { lower, failedAt } = await factorLower(symmetric, options);
  if (failedAt >= 0) return null;
  const size = symmetric.rows;
  const inverse = matrix64(size, size);
  for (let j = 0; j < size; j++) {
    inverse.data[j * size + j] = 1 / lower.data[j * size + j];
    for (let i = j + 1; i < size; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += lower.data[i * size + k] * inverse.data[k * size + j];
      inverse.data[i * size + j] = -sum / lower.data[i * size + i];
    }
  }
  return inverse;
}

/** Rows `top` to `bottom` of a symmetric matrix, and as its columns those from `left` on: up to `top`, or to `bottom` where the two are one. */
function blockOf({ rows: size, data }: Matrix64, top: number, bottom: number, left: number): Matrix64 {
  const right = left === top ? bottom : top;
  const block = matrix64(bottom - top, right - left);
  for (let i = top; i < bottom; i++) block.data.set(data.subarray(i * size + left, i * size + right), (i - top) * (right - left));
  return block;
}
