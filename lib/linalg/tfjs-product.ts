import type * as TensorFlow from "@tensorflow/tfjs-core";
import type { Matrix } from "../core/matrix.js";
import { checkedProduct } from "./checked-product.js";
import type { Product } from "./onnx-product.js";
import { columnsAsRows, emptyLike, rowRange } from "./operands.js";

export interface TfjsProductSettings {
  /** Multiply-adds of one run: about 130 ms on WebAssembly. @defaultValue 2e9 */
  readonly workPerRun?: number;
  /**
   * Values of the right side that are on the device at once; of the left side and of the product it is half as many each. WebAssembly
   * has 4 GiB, and spoils older tensors without a word beyond them. @defaultValue 2 ** 27, which is 1 GiB in all
   */
  readonly valuesPerRun?: number;
}

/** float32 products on TensorFlow.js, a block of rows and columns a run; every operand is laid out so that no run transposes. */
export function createTfjsProduct(tf: typeof TensorFlow, { workPerRun = 2e9, valuesPerRun = 2 ** 27 }: TfjsProductSettings = {}): Product {
  return checkedProduct(workPerRun, async ({ left, right, transposeLeft, transposeRight, rows, inner, columns, result, pace }) => {
    const columnsPerRun = Math.min(columns, Math.max(1, Math.floor(valuesPerRun / inner)));
    const rowsPerRun = Math.max(
      1,
      Math.floor(Math.min(workPerRun / (inner * columnsPerRun), valuesPerRun / 2 / Math.max(inner, columnsPerRun))),
    );
    for (let from = 0; from < columns; from += columnsPerRun) {
      const to = Math.min(from + columnsPerRun, columns);
      const other = asTensor(tf, rightBlock(right, transposeRight, from, to));
      try {
        for (let first = 0; first < rows; first += rowsPerRun) {
          const last = Math.min(first + rowsPerRun, rows);
          const part = asTensor(tf, transposeLeft ? columnsAsRows(left, first, last) : rowRange(left, first, last));
          const product = tf.matMul(part, other);
          part.dispose();
          const values = await product.data().finally(() => {
            product.dispose();
          });
          placeInto(result, values as Float32Array, { first, from, width: to - from });
          if (pace.spend((last - first) * inner * (to - from))) await pace.turn();
        }
      } finally {
        other.dispose();
      }
    }
  });
}

/** Columns `from` to `to` of op(right), inner × (to − from). */
function rightBlock(right: Matrix, isTransposed: boolean, from: number, to: number): Matrix {
  if (isTransposed) return columnsAsRows(rowRange(right, from, to), 0, right.columns);
  if (to - from === right.columns) return right;
  const block = { rows: right.rows, columns: to - from, data: emptyLike(right.data, right.rows * (to - from)) };
  for (let i = 0; i < right.rows; i++) {
    block.data.set(right.data.subarray(i * right.columns + from, i * right.columns + to), i * block.columns);
  }
  return block;
}

function asTensor(tf: typeof TensorFlow, { rows, columns, data }: Matrix): TensorFlow.Tensor2D {
  return tf.tensor2d(data as Float32Array, [rows, columns], "float32");
}

function placeInto(
  result: Matrix,
  values: Float32Array,
  { first, from, width }: { readonly first: number; readonly from: number; readonly width: number },
): void {
  const { columns, data } = result;
  if (width === columns) {
    data.set(values, first * columns);
    return;
  }
  const rows = values.length / width;
  for (let i = 0; i < rows; i++) data.set(values.subarray(i * width, (i + 1) * width), (first + i) * columns + from);
}
