import type { Matrix64 } from "../core/matrix.js";

/** Turn columns round so that the entry of each that is largest in magnitude is positive; the same columns of `others` go with them. */
export function signColumnsInto(matrix: Matrix64, ...others: readonly Matrix64[]): void {
  const { columns, data } = matrix;
  const largest = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) {
    if (Math.abs(data[k]) > Math.abs(largest[k % columns])) largest[k % columns] = data[k];
  }
  for (const { data: values } of [matrix, ...others]) {
    for (let k = 0; k < values.length; k++) {
      if (largest[k % columns] < 0) values[k] = -values[k];
    }
  }
}
