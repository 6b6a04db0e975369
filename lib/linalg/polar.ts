import { ValueError } from "../core/errors.js";
import type { Matrix64 } from "../core/matrix.js";
import { exceeds } from "./cholesky.js";
import type { Polar, WorkOptions } from "./engine.js";
import { frobeniusNorm } from "./frobenius-norm.js";
import type { Product } from "./onnx-product.js";
import { firstColumns, isometryOf, singularDirections, symmetricPart, tallForm } from "./singular-directions.js";
import { transpose } from "./transpose.js";

/**
 * The partial isometry U Vᵀ of A = U Σ Vᵀ over the directions whose singular value is at least `tolerance` times the largest.
 *
 * With full rank this is the nearest matrix whose smaller side is orthonormal. The zero matrix gives zero.
 *
 * @throws ValueError when an entry is not finite, or the tolerance is not in (0, 1).
 */
export async function polarByProducts(
  matrix: Matrix64,
  product: Product,
  { tolerance = 1e-12, signal }: WorkOptions & { readonly tolerance?: number } = {},
): Promise<Polar> {
  checkTolerance(tolerance);
  const { tall, turned } = tallForm(matrix, "polar");
  const { isometry, leastShare } = await isometryOf(tall, tolerance, product, { signal });
  if (leastShare >= tolerance) {
    return oriented({ factor: isometry, nuclearNorm: overlap(isometry, tall), rank: tall.columns }, turned);
  }
  const parts = { isometry, symmetric: await symmetricPart(isometry, tall, product, { signal }) };
  if (await exceeds(parts.symmetric, tolerance * frobeniusNorm(parts.symmetric), { signal })) {
    return oriented({ factor: parts.isometry, nuclearNorm: trace(parts.symmetric), rank: tall.columns }, turned);
  }
  const { values, right, left, rank } = await singularDirections(parts, tolerance, product, { signal });
  const factor = await product(left, firstColumns(right, rank), { transposeRight: true, signal });
  let nuclearNorm = 0;
  for (let i = 0; i < rank; i++) nuclearNorm += values[i];
  return oriented({ factor, nuclearNorm, rank }, turned);
}

/** @throws ValueError when the tolerance is not in (0, 1). */
export function checkTolerance(tolerance: number): void {
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new ValueError(`polar: tolerance is ${tolerance}; it must lie between 0 and 1, as a share of the largest singular value`);
  }
}

/** tr(WᵀA). */
function overlap({ data }: Matrix64, { data: other }: Matrix64): number {
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += data[k] * other[k];
  return sum;
}

function trace({ rows, data }: Matrix64): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i];
  return sum;
}

function oriented(polar: Polar, turned: boolean): Polar {
  return turned ? { ...polar, factor: transpose(polar.factor) } : polar;
}
