import { ShapeError } from "../core/errors.js";
import { checkFinite, type Matrix64 } from "../core/matrix.js";
import type { WorkOptions } from "./engine.js";
import { startPace } from "./pace.js";

/**
 * The sign of the determinant of a square matrix: −1 where it reverses orientation, 0 where a pivot is exactly zero.
 *
 * By elimination with row exchanges. Of a matrix that is nearly singular the sign may be wrong.
 *
 * @throws ShapeError when the matrix is not square; ValueError when an entry is not finite.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., 3.4
 */
export async function determinantSign(matrix: Matrix64, { signal }: WorkOptions = {}): Promise<-1 | 0 | 1> {
  if (matrix.rows !== matrix.columns) {
    throw new ShapeError(`determinantSign: got a ${matrix.rows} × ${matrix.columns} matrix; only a square one has a determinant`);
  }
  checkFinite(matrix, "determinantSign");
  const size = matrix.rows;
  const rows = Array.from({ length: size }, (_, i) => matrix.data.slice(i * size, (i + 1) * size));
  const pace = startPace(signal);
  let isNegative = false;
  for (let k = 0; k < size; k++) {
    let largest = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[largest][k])) largest = i;
    const pivotRow = rows[largest];
    if (pivotRow[k] === 0) return 0;
    if (largest !== k) {
      rows[largest] = rows[k];
      isNegative = !isNegative;
    }
    if (pivotRow[k] < 0) isNegative = !isNegative;
    for (let i = k + 1; i < size; i++) {
      const row = rows[i];
      const factor = row[k] / pivotRow[k];
      for (let j = k + 1; j < size; j++) row[j] -= factor * pivotRow[j];
    }
    if (pace.spend((size - k) ** 2)) await pace.turn();
  }
  return isNegative ? -1 : 1;
}
