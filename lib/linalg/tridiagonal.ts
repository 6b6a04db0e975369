import { matrix64, type Matrix64 } from "../core/matrix.js";
import { startPace } from "./pace.js";
import type { WorkOptions } from "./engine.js";

/** Squares below this are far under rounding of a matrix whose largest entry is 1. */
const negligibleEnergy = 1e-40;

/** Entries between rows: those of two rows a page apart would wait for each other. */
const betweenRows = 8;

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
  const stride = size + betweenRows;
  const work = new Float64Array(size * stride);
  for (let i = 0; i < size; i++) work.set(lower.data.subarray(i * size, i * size + i + 1), i * stride);
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const scales = new Float64Array(size);
  const reflectors = matrix64(size, size);
  const pace = startPace(signal);
  let vector: Float64Array = new Float64Array(size);
  let partner: Float64Array = new Float64Array(size);

  for (let k = size - 1; k >= 1; k--) {
    const row = k * stride;
    const atVector = vector[k];
    const atPartner = partner[k];
    for (let j = 0; j <= k; j++) work[row + j] -= atVector * partner[j] + atPartner * vector[j];
    diagonal[k] = work[row + k];
    const next = reflectors.data.subarray(k * size, (k + 1) * size);
    next.set(work.subarray(row, row + k));
    const { corner, scale } = reflectInto(next, k);
    beside[k - 1] = corner;
    scales[k] = scale;

    const product = new Float64Array(size);
    updateAndMultiplyInto(product, work, { stride, count: k, vector, partner, next });
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
  /** Entries from one row to the next. */
  readonly stride: number;
  /** Rows and columns that are still to be reduced. */
  readonly count: number;
  readonly vector: Float64Array;
  readonly partner: Float64Array;
  readonly next: Float64Array;
}

/** A −= v wᵀ + w vᵀ on the lower triangle, then product = A · next; two rows at a time, so that vectors are read half as often. */
function updateAndMultiplyInto(product: Float64Array, work: Float64Array, { stride, count, vector, partner, next }: Pass): void {
  if (count % 2 === 1) {
    work[0] -= 2 * vector[0] * partner[0];
    product[0] += work[0] * next[0];
  }
  for (let i = count % 2; i < count; i += 2) {
    const row = i * stride;
    const below = row + stride;
    const [vectorHere, vectorBelow] = [vector[i], vector[i + 1]];
    const [partnerHere, partnerBelow] = [partner[i], partner[i + 1]];
    const [nextHere, nextBelow] = [next[i], next[i + 1]];
    let [sumHere, sumBelow] = [0, 0];
    for (let j = 0; j < i; j++) {
      const atVector = vector[j];
      const atPartner = partner[j];
      const atNext = next[j];
      const upper = work[row + j] - vectorHere * atPartner - partnerHere * atVector;
      const lower = work[below + j] - vectorBelow * atPartner - partnerBelow * atVector;
      work[row + j] = upper;
      work[below + j] = lower;
      sumHere += upper * atNext;
      sumBelow += lower * atNext;
      product[j] = product[j] + upper * nextHere + lower * nextBelow;
    }
    const onDiagonal = work[row + i] - 2 * vectorHere * partnerHere;
    const beside = work[below + i] - vectorBelow * partnerHere - partnerBelow * vectorHere;
    const last = work[below + i + 1] - 2 * vectorBelow * partnerBelow;
    work[row + i] = onDiagonal;
    work[below + i] = beside;
    work[below + i + 1] = last;
    product[i] += sumHere + onDiagonal * nextHere;
    product[i] += beside * nextBelow;
    product[i + 1] += sumBelow + beside * nextHere + last * nextBelow;
  }
}
