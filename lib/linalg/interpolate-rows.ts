import { matrix64, type Matrix64 } from "../core/matrix.js";
import { largestMagnitude } from "./check.js";

/** Every row of a matrix as a combination of a few of them. */
export interface RowInterpolation {
  /** The rows that carry the others, the weightiest first. */
  readonly pivots: readonly number[];
  /** rows × pivots: row l is about Σ coefficients[l, k] · row pivots[k]; a pivot is itself. */
  readonly coefficients: Matrix64;
}

/**
 * Find the rows from which all others follow within `tolerance`, entry by entry: an interpolative decomposition.
 *
 * By pivoted Gram–Schmidt. Where rows are not as alike as that, each is its own pivot.
 *
 * @param rows L × n, L small.
 * @param tolerance the largest absolute error of an entry.
 * @see Cheng, Gimbutas, Martinsson and Rokhlin 2005, doi:10.1137/030602678
 */
export function interpolateRows(rows: Matrix64, tolerance: number): RowInterpolation {
  const { rows: count, columns } = rows;
  const rowOf = (l: number): Float64Array => rows.data.subarray(l * columns, (l + 1) * columns);
  const rest = Array.from({ length: count }, (_, l) => rowOf(l).slice());
  const pivots: number[] = [];
  const overlaps: Float64Array[] = []; // overlaps[k][l]: row l along the k-th orthonormal direction
  for (;;) {
    let next = -1;
    let largest = tolerance / 2;
    for (let l = 0; l < count; l++) {
      const magnitude = pivots.includes(l) ? 0 : largestMagnitude(rest[l]);
      if (magnitude > largest) [next, largest] = [l, magnitude];
    }
    if (next < 0) break;
    pivots.push(next);
    overlaps.push(takeDirectionOff(rest, next));
  }
  const coefficients = solve(pivots, overlaps, count);
  for (let l = 0; l < count; l++) {
    if (errorOf(l, { pivots, coefficients }, rowOf) > tolerance) return everyRow(count);
  }
  return { pivots, coefficients };
}

/** Take the direction of row `pivot` off all rows. @returns how far each row went along it. */
function takeDirectionOff(rest: readonly Float64Array[], pivot: number): Float64Array {
  const norm = Math.sqrt(dot(rest[pivot], rest[pivot]));
  const direction = rest[pivot].map((value) => value / norm);
  return Float64Array.from(rest, (row) => {
    const along = dot(row, direction);
    for (let i = 0; i < row.length; i++) row[i] -= along * direction[i];
    return along;
  });
}

/** Back-substitution in the triangle of the pivots' own overlaps. */
function solve(pivots: readonly number[], overlaps: readonly Float64Array[], count: number): Matrix64 {
  const width = pivots.length;
  const coefficients = matrix64(count, width);
  for (let l = 0; l < count; l++) {
    const own = pivots.indexOf(l);
    if (own >= 0) {
      coefficients.data[l * width + own] = 1;
      continue;
    }
    for (let k = width - 1; k >= 0; k--) {
      let sum = overlaps[k][l];
      for (let m = k + 1; m < width; m++) sum -= overlaps[k][pivots[m]] * coefficients.data[l * width + m];
      coefficients.data[l * width + k] = sum / overlaps[k][pivots[k]];
    }
  }
  return coefficients;
}

function errorOf(l: number, { pivots, coefficients }: RowInterpolation, rowOf: (l: number) => Float64Array): number {
  const sum = rowOf(l).map((value) => -value);
  pivots.forEach((pivot, k) => {
    const row = rowOf(pivot);
    const factor = coefficients.data[l * pivots.length + k];
    for (let i = 0; i < sum.length; i++) sum[i] += factor * row[i];
  });
  return largestMagnitude(sum);
}

function everyRow(count: number): RowInterpolation {
  const coefficients = matrix64(count, count);
  for (let l = 0; l < count; l++) coefficients.data[l * count + l] = 1;
  return { pivots: Array.from({ length: count }, (_, l) => l), coefficients };
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
  return sum;
}
