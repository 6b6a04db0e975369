import type { Matrix } from "../core/matrix.js";
import { checkGram } from "./check.js";
import { checkedProduct } from "./checked-product.js";
import type { GramOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { emptyLike } from "./operands.js";
import { addGramInto, multiplyInto } from "./openblas-blas.js";
import type { OpenblasLibrary } from "./openblas-library.js";
import { startPace } from "./pace.js";
import { mirrorLowerInto } from "./transpose.js";

export interface BlockSettings {
  /** Multiply-adds of one call, which blocks the event loop: about 30 ms on two idle cores. @defaultValue 2e9 */
  readonly workPerCall?: number;
}

/** Products by gemm, a block of result rows a call; nothing is copied. */
export function createOpenblasProduct(library: OpenblasLibrary, { workPerCall = 2e9 }: BlockSettings = {}): Product {
  return checkedProduct(workPerCall, async ({ left, right, transposeLeft, transposeRight, rows, inner, columns, result, pace }) => {
    const rowsPerCall = Math.max(1, Math.floor(workPerCall / (inner * columns)));
    const other = { data: right.data, stride: right.columns, isTransposed: transposeRight };
    for (let first = 0; first < rows; first += rowsPerCall) {
      const count = Math.min(rowsPerCall, rows - first);
      const part = left.data.subarray(transposeLeft ? first : first * left.columns);
      multiplyInto(
        library,
        result.data.subarray(first * columns, (first + count) * columns),
        { data: part, stride: left.columns, isTransposed: transposeLeft },
        other,
        { rows: count, inner, columns },
      );
      if (pace.spend(count * inner * columns)) await pace.turn();
    }
  });
}

/** XᵀX, or X Xᵀ, by syrk, a block of what is summed over a call; mirrored, so exactly symmetric. */
export async function gramBySyrk<M extends Matrix>(
  library: OpenblasLibrary,
  rows: M,
  { ofRows = false, signal }: GramOptions = {},
  { workPerCall = 2e9 }: BlockSettings = {},
): Promise<M> {
  const [size, inner] = ofRows ? [rows.rows, rows.columns] : [rows.columns, rows.rows];
  const gram: Matrix = { rows: size, columns: size, data: emptyLike(rows.data, size * size) };
  const pace = startPace(signal, workPerCall);
  if (rows.data.length > 0) {
    const perCall = Math.max(1, Math.floor((2 * workPerCall) / (size * size)));
    for (let first = 0; first < inner; first += perCall) {
      const count = Math.min(perCall, inner - first);
      const side = { data: rows.data.subarray(ofRows ? first : first * size), stride: rows.columns, isTransposed: !ofRows };
      addGramInto(library, gram.data, side, size, count);
      if (pace.spend((count * size * size) / 2)) await pace.turn();
    }
  }
  checkGram(gram, rows);
  mirrorLowerInto(gram.data, size);
  return gram as M;
}
