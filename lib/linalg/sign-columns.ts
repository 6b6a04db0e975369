import type { Matrix64 } from "../core/matrix.js";

/** Turn columns round so that the entry of each that is largest in magnitude is positive. */
export function signColumnsInto({ rows, columns, data }: Matrix64): void {
  const largest = new Float64Array(columns);
  for (let k = 0; k < rows * columns; k++) {
    if (Math.abs(data[k]) > Math.abs(largest[k % columns])) largest[k % columns] = data[k];
  }
  for (let k = 0; k < rows * columns; k++) {
    if (largest[k % columns] < 0) data[k] = -data[k];
  }
}
