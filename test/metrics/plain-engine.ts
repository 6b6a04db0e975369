import { matrix32, type Matrix, type Matrix32 } from "../../lib/core/matrix.js";
import type { Engine } from "../../lib/linalg/engine.js";

const missing = (): Promise<never> => Promise.reject(new Error("plainEngine only multiplies float32 rows by the transpose of others"));

/** Dot products in a loop, each summed in index order: enough for scores, and the same for equal rows wherever they stand. */
export const plainEngine: Engine = {
  name: "onnx",
  product<M extends Matrix>(left: M, right: M): Promise<M> {
    const result: Matrix32 = matrix32(left.rows, right.rows);
    for (let i = 0; i < left.rows; i++) {
      for (let j = 0; j < right.rows; j++) {
        let sum = 0;
        for (let k = 0; k < left.columns; k++) sum += left.data[i * left.columns + k] * right.data[j * right.columns + k];
        result.data[i * right.rows + j] = sum;
      }
    }
    return Promise.resolve(result as M);
  },
  gram: missing,
  eigh: missing,
  svd: missing,
  cholesky: missing,
  polar: missing,
};
