import type { Matrix } from "../core/matrix.js";
import type { WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { emptyLike, rowRange } from "./operands.js";
import { mirrorLowerInto } from "./transpose.js";

/** Rows of one strip of the lower triangle. */
const stripHeight = 128;

/** X Xᵀ of m × n rows: m × m, exactly symmetric. A strip of the lower triangle at a time, so little more than half of the work. */
export async function rowGram<M extends Matrix>(matrix: M, product: Product, options: WorkOptions = {}): Promise<M> {
  const { rows: size } = matrix;
  const data = emptyLike(matrix.data, size * size);
  const scratch = emptyLike(matrix.data, Math.min(stripHeight, size) * size);
  for (let first = 0; first < size; first += stripHeight) {
    const last = Math.min(first + stripHeight, size);
    const strip = await product(rowRange(matrix, first, last), rowRange(matrix, 0, last), {
      ...options,
      transposeRight: true,
      into: scratch,
    });
    for (let i = first; i < last; i++) data.set(strip.data.subarray((i - first) * last, (i - first + 1) * last), i * size);
  }
  mirrorLowerInto(data, size);
  return { rows: size, columns: size, data } as Matrix as M;
}
