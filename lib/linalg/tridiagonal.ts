import { matrix64, type Matrix64 } from "../core/matrix.js";
import { startPace } from "./pace.js";
import type { WorkOptions } from "./engine.js";

/** Squares below this are far under rounding of a matrix whose largest entry is 1. */
const negligibleEnergy = 1e-40;

/** A = Q T Qᵀ with Q = H(d−1) ⋯ H(2), where H(k) = I − scales[k] · v vᵀ and v is row k of `reflectors`. */
export interface Tridiagonal {
  /** d entries of T's diagonal. */
  readonly diagonal: Float64Array;
  /** `beside[i]` couples i and i + 1; the last entry is 0. */
  readonly beside: Float64Array;
  /** d × d; row k is zero from column k on. */
  readonly reflectors: Matrix64;
  readonly scales: Float64Array;
}

/**
 * Reduce a symmetric matrix to tridiagonal form by Householder reflections, from the last row up.
 *
 * Each step reads the lower triangle once: the update of the step before and this step's matrix-vector product share the pass.
 *
 * @param lower d × d, largest entry about 1; only its lower triangle is read.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., 8.3.1
 */
export async function tridiagonalise(lower: Matrix64, { signal }: WorkOptions = {}): Promise<Tridiagonal> {
  const size = lower.rows;
  const work = Float64Array.from(lower.data);
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const scales = new Float64Array(size);
  const reflectors = matrix64(size, size);
  const pace = startPace(signal);
  let vector: Float64Array = new Float64Array(size);
  let partner: Float64Array = new Float64Array(size);

  for (let k = size - 1; k >= 1; k--) {
    const row = k * size;
    const atVector = vector[k];
    const atPartner = partner[k];
    for (let j = 0; j <= k; j++) work[row + j] -= atVector * partner[j] + atPartner * vector[j];
    diagonal[k] = work[row + k];
    const next = reflectors.data.subarray(row, row + size);
    next.set(work.subarray(row, row + k));
    const { corner, scale } = reflectInto(next, k);
    beside[k - 1] = corner;
    scales[k] = scale;

    const product = new Float64Array(size);
    updateAndMultiplyInto(product, work, { size, count: k, vector, partner, next });
    let overlap = 0;
    for (let j = 0; j < k; j++) overlap += product[j] * next[j];
    const shift = (scale * scale * overlap) / 2;
    for (let j = 0; j < k; j++) product[j] = scale * product[j] - shift * next[j];
    vector = next;
    partner = product;
    if (pace.spend(2 * k * k)) await pace.turn();
  }
  if (size > 0) diagonal[0] = work[0];
  return { diagonal, beside, reflectors, scales };
}

/** Turn x (the first `count` entries) into v with v[count − 1] = 1, so that (I − scale · v vᵀ) x = (0, …, 0, corner). */
function reflectInto(x: Float64Array, count: number): { corner: number; scale: number } {
  const pivot = x[count - 1];
  let energy = 0;
  for (let j = 0; j < count - 1; j++) energy += x[j] * x[j];
  if (energy < negligibleEnergy) {
    x.fill(0);
    return { corner: pivot, scale: 0 };
  }
  const norm = Math.sqrt(energy + pivot * pivot);
  const corner = pivot > 0 ? -norm : norm;
  const head = pivot - corner;
  for (let j = 0; j < count - 1; j++) x[j] /= head;
  x[count - 1] = 1;
  return { corner, scale: -head / corner };
}

interface Pass {
  readonly size: number;
  /** Rows and columns that are still to be reduced. */
  readonly count: number;
  readonly vector: Float64Array;
  readonly partner: Float64Array;
  readonly next: Float64Array;
}

/** A −= v wᵀ + w vᵀ on the lower triangle, then product = A · next. */
function updateAndMultiplyInto(product: Float64Array, work: Float64Array, { size, count, vector, partner, next }: Pass): void {
  for (let i = 0; i < count; i++) {
    const row = i * size;
    const atVector = vector[i];
    const atPartner = partner[i];
    const atNext = next[i];
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const value = work[row + j] - atVector * partner[j] - atPartner * vector[j];
      work[row + j] = value;
      sum += value * next[j];
      product[j] += value * atNext;
    }
    const onDiagonal = work[row + i] - 2 * atVector * atPartner;
    work[row + i] = onDiagonal;
    product[i] += sum + onDiagonal * atNext;
  }
}
