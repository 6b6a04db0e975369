import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { WorkOptions } from "./engine.js";
import { frobeniusNorm } from "./frobenius-norm.js";
import { inverseFactor } from "./inverse-factor.js";
import type { Product } from "./onnx-product.js";
import { rowGram } from "./row-gram.js";
import { transpose } from "./transpose.js";

/** Grams do not tell a smallest singular value below this share from rounding. */
const leastKnownShare = 1e-6;

/** What is left of I − X Yᵀ may be this large for one correction to make Y the inverse to rounding. */
const nearlyInverse = 3e-7;

/** A wide matrix whose singular values are between `smallest` and 1. */
export interface BoundedRows {
  readonly rows: Matrix64;
  readonly smallest: number;
}

/**
 * Newton's step X ← (ζ X + X⁺ᵀ / ζ) / 2, which takes a condition number κ to about √κ / 2 and keeps the polar factor.
 *
 * X⁺ᵀ = L⁻ᵀ L⁻¹ X of X Xᵀ = L Lᵀ has lost digits to the square of κ; Y ← Y + (I − X Yᵀ)ᵀ Y brings them back.
 *
 * @param wide n × m, n ≤ m, singular values at most 1.
 * @param gram X Xᵀ.
 * @returns the step, scaled, and what every singular value of X exceeds; null when X Xᵀ does not tell.
 * @see Higham, Functions of Matrices, 8.6, for the scaling
 */
export async function inverseStep(
  wide: Matrix64,
  gram: Matrix64,
  product: Product,
  options: WorkOptions,
): Promise<{ readonly step: BoundedRows; readonly leastShare: number } | null> {
  const factor = await inverseFactor(gram, product, options);
  const leastShare = factor === null ? 0 : 0.9 / frobeniusNorm(factor);
  if (factor === null || leastShare < leastKnownShare) return null;
  const half = await product(factor, wide, options);
  const inverse = await product(factor, half, { ...options, transposeLeft: true });
  for (let rest = 1; rest > nearlyInverse;) {
    const missing = await product(wide, inverse, { ...options, transposeRight: true });
    for (let k = 0; k < missing.data.length; k++) missing.data[k] = -missing.data[k];
    for (let i = 0; i < missing.rows; i++) missing.data[i * missing.rows + i] += 1;
    const before = rest;
    rest = frobeniusNorm(missing);
    if (rest > before / 4) return null;
    const correction = await product(missing, inverse, { ...options, transposeLeft: true });
    for (let k = 0; k < inverse.data.length; k++) inverse.data[k] += correction.data[k];
  }
  const largest = (Math.sqrt(leastShare) + 1 / Math.sqrt(leastShare)) / 2;
  const [own, other] = [1 / (2 * largest * Math.sqrt(leastShare)), Math.sqrt(leastShare) / (2 * largest)];
  const rows = matrix64(wide.rows, wide.columns);
  for (let k = 0; k < rows.data.length; k++) rows.data[k] = own * wide.data[k] + other * inverse.data[k];
  return { step: { rows, smallest: 1 / largest }, leastShare };
}

/**
 * Halley's step X ← (a I + b X Xᵀ) (I + c X Xᵀ)⁻¹ X with the weights that raise the smallest singular value most; null where rounding leaves
 * no inverse.
 *
 * @see Nakatsukasa, Bai and Gygi 2010, doi:10.1137/090774999, (3.5) and (3.9)
 */
export async function halleyStep(
  { rows: wide, smallest }: BoundedRows,
  product: Product,
  options: WorkOptions,
): Promise<BoundedRows | null> {
  const square = smallest * smallest;
  const root = Math.sqrt(1 + Math.cbrt((4 * (1 - square)) / (square * square)));
  const a = root + Math.sqrt(8 - 4 * (root * root - 1) + (8 * (2 - square)) / (square * root)) / 2;
  const b = (a - 1) ** 2 / 4;
  const c = a + b - 1;
  const shifted = await rowGram(wide, product, options);
  for (let k = 0; k < shifted.data.length; k++) shifted.data[k] *= c;
  for (let i = 0; i < shifted.rows; i++) shifted.data[i * shifted.rows + i] += 1;
  const factor = await inverseFactor(shifted, product, options);
  if (factor === null) return null;
  const weights = await rowGram(transpose(factor), product, options); // (I + c X Xᵀ)⁻¹
  for (let k = 0; k < weights.data.length; k++) weights.data[k] *= a - b / c;
  for (let i = 0; i < weights.rows; i++) weights.data[i * weights.rows + i] += b / c;
  return { rows: await product(weights, wide, options), smallest: Math.min(1, (smallest * (a + b * square)) / (1 + c * square)) };
}
