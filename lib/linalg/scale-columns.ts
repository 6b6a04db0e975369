import { matrix64, type Matrix64 } from "../core/matrix.js";

/** matrix · diag(factors), in memory of its own. */
export function scaleColumns({ rows, columns, data }: Matrix64, factors: Float64Array): Matrix64 {
  const scaled = matrix64(rows, columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) scaled.data[k] = data[k] * factors[j];
  }
  return scaled;
}
