import { ShapeError } from "../core/errors.js";
import type { Matrix } from "../core/matrix.js";
import type { ProductOptions } from "./engine.js";

/** Sizes of op(left) · op(right): rows × inner times inner × columns. */
export interface ProductSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** @throws ShapeError when the inner sizes or the widths disagree. */
export function productSizes(
  left: Matrix,
  right: Matrix,
  { transposeLeft = false, transposeRight = false }: ProductOptions = {},
): ProductSizes {
  const rows = transposeLeft ? left.columns : left.rows;
  const inner = transposeLeft ? left.rows : left.columns;
  const innerRight = transposeRight ? right.columns : right.rows;
  const columns = transposeRight ? right.rows : right.columns;
  const sizes = `${left.rows} × ${left.columns} and ${right.rows} × ${right.columns}`;
  if (inner !== innerRight) {
    throw new ShapeError(
      `product: got ${sizes}; the inner sizes ${inner} and ${innerRight} must agree, so check transposeLeft and transposeRight`,
    );
  }
  if (left.data instanceof Float32Array !== right.data instanceof Float32Array) {
    throw new ShapeError(`product: got ${sizes} in different widths; both must be float32 or both float64, so convert one with toFloat64`);
  }
  return { rows, inner, columns };
}

/** Where a product goes: memory of its own, or the beginning of `into`. @throws ShapeError when that is too short or of another width. */
export function resultOf(left: Matrix, { rows, inner, columns }: ProductSizes, into: ProductOptions["into"]): Matrix {
  const length = rows * columns;
  if (into === undefined) return { rows, columns, data: emptyLike(left.data, length) };
  if (into.length < length || into instanceof Float32Array !== left.data instanceof Float32Array) {
    throw new ShapeError(
      `product: got memory for ${into.length} values of ${8 * into.BYTES_PER_ELEMENT} bits; the result is ${rows} × ${columns} of ${8 * left.data.BYTES_PER_ELEMENT} bits`,
    );
  }
  const data = into.subarray(0, length);
  if (inner === 0) data.fill(0);
  return { rows, columns, data };
}

/** Zeros in the width of `data`. */
export function emptyLike(data: Matrix["data"], length: number): Matrix["data"] {
  return data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** Rows `first` to `last` of a matrix, which share its memory. */
export function rowRange<M extends Matrix>({ columns, data }: M, first: number, last: number): M {
  return { rows: last - first, columns, data: data.subarray(first * columns, last * columns) } as Matrix as M;
}

/** Columns `first` to `last` of a matrix, as the rows of a new one. */
export function columnsAsRows(matrix: Matrix, first: number, last: number): Matrix {
  const { rows, columns, data } = matrix;
  const turned = emptyLike(data, (last - first) * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = first; j < last; j++) turned[(j - first) * rows + i] = data[i * columns + j];
  }
  return { rows: last - first, columns: rows, data: turned };
}
