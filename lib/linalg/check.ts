import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, type Matrix, type Matrix64 } from "../core/matrix.js";

/** @throws ShapeError when the matrix is not square. */
export function checkSquare({ rows, columns }: Matrix64, caller: string): void {
  if (rows !== columns) {
    throw new ShapeError(`${caller}: got a ${rows} × ${columns} matrix; it must be square and symmetric, so pass a Gram matrix or use svd`);
  }
}

/** @throws ValueError that names the first entry on or below the diagonal that is not finite. */
export function checkLowerFinite({ rows, data }: Matrix64, caller: string): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const value = data[i * rows + j];
      if (!Number.isFinite(value)) throw new ValueError(`${caller}: row ${i}, column ${j} is ${value}; every value must be finite`);
    }
  }
}

/**
 * Whatever is not finite among rows shows on the diagonal of their Gram: only then is it looked for.
 *
 * @throws ValueError that names the first value of `rows` that is not finite.
 */
export function checkGram({ rows: size, data }: Matrix, rows: Matrix): void {
  for (let i = 0; i < size; i++) {
    if (!Number.isFinite(data[i * size + i])) checkFinite(rows, "gram");
  }
}

/** The largest magnitude in `data`, 0 when it is empty. */
export function largestMagnitude(data: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i]);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
