import { matrix64, type Matrix64 } from "../core/matrix.js";
import { largestMagnitude } from "./check.js";
import type { WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { solveSecular } from "./secular.js";
import { rotateRowsInto, solveTridiagonalInto } from "./tridiagonal-ql.js";

/** Below this size QL is faster. */
const leafSize = 48;

/** Eigenvalues ascending; row j of `rows` is the vector of `values[j]`. */
export interface RowEigen {
  readonly values: Float64Array;
  readonly rows: Matrix64;
}

/**
 * Eigenvalues and vectors of a symmetric tridiagonal matrix by divide and conquer; the vectors are merged by dense products.
 *
 * @param diagonal d entries, largest magnitude about 1.
 * @param beside `beside[i]` couples i and i + 1.
 * @see Gu and Eisenstat 1995, doi:10.1137/S0895479892241287
 */
export async function solveTridiagonal(
  diagonal: Float64Array,
  beside: Float64Array,
  product: Product,
  { signal }: WorkOptions = {},
): Promise<RowEigen> {
  const size = diagonal.length;
  if (size <= leafSize) return solveLeaf(diagonal, beside);
  const half = size >> 1;
  const coupling = beside[half - 1];
  const weight = Math.abs(coupling);
  const upperDiagonal = diagonal.slice(0, half);
  const lowerDiagonal = diagonal.slice(half);
  upperDiagonal[half - 1] -= weight;
  lowerDiagonal[0] -= weight;
  const upper = await solveTridiagonal(upperDiagonal, beside.slice(0, half), product, { signal });
  const lower = await solveTridiagonal(lowerDiagonal, beside.slice(half), product, { signal });
  return merge(upper, lower, coupling, product, { signal });
}

function solveLeaf(diagonal: Float64Array, beside: Float64Array): RowEigen {
  const size = diagonal.length;
  const values = diagonal.slice();
  const rows = matrix64(size, size);
  for (let i = 0; i < size; i++) rows.data[i * size + i] = 1;
  solveTridiagonalInto(rows.data, values, beside.slice());
  return inOrder(values, rows);
}

/** Join two halves by the rank-one coupling weight · z zᵀ between them. */
async function merge(upper: RowEigen, lower: RowEigen, coupling: number, product: Product, options: WorkOptions): Promise<RowEigen> {
  const joined = joinHalves(upper, lower, coupling);
  const kept = deflateInto(joined);
  const count = kept.length;
  if (count === 0) return inOrder(joined.values, joined.rows);

  const size = joined.values.length;
  const poles = Float64Array.from(kept, (index) => joined.values[index]);
  const z = Float64Array.from(kept, (index) => joined.z[index]);
  const { roots, gaps } = solveSecular(poles, z, joined.weight);
  vectorsFromGapsInto(gaps, poles, z);
  const before = matrix64(count, size);
  kept.forEach((index, i) => {
    before.data.set(joined.rows.data.subarray(index * size, (index + 1) * size), i * size);
  });
  const after = await product(matrix64(count, count, gaps), before, options);
  kept.forEach((index, i) => {
    joined.values[index] = roots[i];
    joined.rows.data.set(after.data.subarray(i * size, (i + 1) * size), index * size);
  });
  return inOrder(joined.values, joined.rows);
}

interface Joined extends RowEigen {
  /** Unit vector of the coupling in the halves' own eigenvectors. */
  readonly z: Float64Array;
  readonly weight: number;
}

function joinHalves(upper: RowEigen, lower: RowEigen, coupling: number): Joined {
  const above = upper.values.length;
  const size = above + lower.values.length;
  const values = new Float64Array(size);
  const rows = matrix64(size, size);
  const z = new Float64Array(size);
  values.set(upper.values);
  values.set(lower.values, above);
  for (let i = 0; i < above; i++) {
    rows.data.set(upper.rows.data.subarray(i * above, (i + 1) * above), i * size);
    z[i] = upper.rows.data[i * above + above - 1] * Math.SQRT1_2;
  }
  const below = size - above;
  const sign = coupling < 0 ? -Math.SQRT1_2 : Math.SQRT1_2;
  for (let i = 0; i < below; i++) {
    rows.data.set(lower.rows.data.subarray(i * below, (i + 1) * below), (above + i) * size + above);
    z[above + i] = lower.rows.data[i * below] * sign;
  }
  return { values, rows, z, weight: 2 * Math.abs(coupling) };
}

/**
 * Find the vectors that the coupling leaves alone, turning pairs of nearly equal eigenvalues so that one of them is.
 *
 * @returns indices of the others, their values strictly ascending.
 */
function deflateInto({ values, rows, z, weight }: Joined): number[] {
  const size = values.length;
  const tolerance = 4 * Number.EPSILON * Math.max(largestMagnitude(values), largestMagnitude(z));
  const order = ascending(values);
  const kept: number[] = [];
  let previous = -1;
  for (const index of order) {
    if (weight * Math.abs(z[index]) <= tolerance) continue;
    if (previous >= 0) {
      const length = Math.sqrt(z[index] * z[index] + z[previous] * z[previous]);
      const cosine = z[index] / length;
      const sine = z[previous] / length;
      if (Math.abs((values[index] - values[previous]) * cosine * sine) <= tolerance) {
        z[index] = length;
        z[previous] = 0;
        rotateRowsInto(rows.data, size, previous, index, cosine, sine);
        const low = values[previous];
        values[previous] = low * cosine * cosine + values[index] * sine * sine;
        values[index] = low * sine * sine + values[index] * cosine * cosine;
      } else {
        kept.push(previous);
      }
    }
    previous = index;
  }
  if (previous >= 0) kept.push(previous);
  return kept;
}

/** Replace gaps by orthonormal rows: the z for which the roots are exact is recomputed from the gaps. */
function vectorsFromGapsInto(gaps: Float64Array, poles: Float64Array, z: Float64Array): void {
  const count = poles.length;
  const exactZ = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let square = Math.abs(gaps[(count - 1) * count + i]);
    for (let j = 0; j < count - 1; j++) square *= Math.abs(gaps[j * count + i] / (poles[j < i ? j : j + 1] - poles[i]));
    exactZ[i] = z[i] < 0 ? -Math.sqrt(square) : Math.sqrt(square);
  }
  for (let j = 0; j < count; j++) {
    const row = gaps.subarray(j * count, (j + 1) * count);
    let energy = 0;
    for (let i = 0; i < count; i++) {
      row[i] = exactZ[i] / row[i];
      energy += row[i] * row[i];
    }
    const norm = Math.sqrt(energy);
    for (let i = 0; i < count; i++) row[i] /= norm;
  }
}

function inOrder(values: Float64Array, rows: Matrix64): RowEigen {
  const size = values.length;
  const sorted = matrix64(size, size);
  const order = ascending(values);
  order.forEach((index, i) => {
    sorted.data.set(rows.data.subarray(index * size, (index + 1) * size), i * size);
  });
  return { values: Float64Array.from(order, (index) => values[index]), rows: sorted };
}

function ascending(values: Float64Array): number[] {
  return Array.from(values, (_, index) => index).sort((a, b) => values[a] - values[b] || a - b);
}
