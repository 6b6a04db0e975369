import { ShapeError } from "../core/errors.js";
import { checkLength, checkSize } from "./openblas-arguments.js";
import type { OpenblasLibrary } from "./openblas-library.js";

const rowMajor = 101;
const asStored = 111;
const transposed = 112;
const lowerTriangle = 122;

/** One side of a product, as it lies in memory. */
export interface Operand {
  readonly data: Float32Array | Float64Array;
  /** Entries from one stored row to the next. */
  readonly stride: number;
  readonly isTransposed: boolean;
}

/** rows × inner times inner × columns. */
export interface ProductShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Entries from one row of the result to the next. @defaultValue columns */
  readonly stride?: number;
}

/**
 * into = op(left) · op(right); sizes are at least 1.
 *
 * @throws ShapeError when an array is too short or of another width, or when a size does not fit the library's integers.
 */
export function multiplyInto(
  library: OpenblasLibrary,
  into: Float32Array | Float64Array,
  left: Operand,
  right: Operand,
  { rows, inner, columns, stride = columns }: ProductShape,
): void {
  const isSingle = into instanceof Float32Array;
  if (left.data instanceof Float32Array !== isSingle || right.data instanceof Float32Array !== isSingle) {
    throw new ShapeError("openblas: operands and result are in different widths; all must be float32 or all float64");
  }
  const { integerBits } = library.naming;
  for (const size of [rows, inner, columns, left.stride, right.stride, stride]) checkSize(size, integerBits, "a size of a product");
  checkOperand(left, rows, inner, "the left side of a product");
  checkOperand(right, inner, columns, "the right side of a product");
  checkOperand({ data: into, stride, isTransposed: false }, rows, columns, "the result of a product");
  const multiply = isSingle ? library.sgemm : library.dgemm;
  multiply(
    ...[rowMajor, form(left), form(right), rows, columns, inner],
    ...[1, left.data, left.stride, right.data, right.stride, 0, into, stride],
  );
}

/** The lower triangle of `into`, size × size, += A Aᵀ of the size × inner op(side); both are at least 1. @throws as {@link multiplyInto} does. */
export function addGramInto(library: OpenblasLibrary, into: Operand["data"], side: Operand, size: number, inner: number): void {
  const { integerBits } = library.naming;
  const isSingle = into instanceof Float32Array;
  if (side.data instanceof Float32Array !== isSingle) {
    throw new ShapeError("openblas: rows and Gram are in different widths; both must be float32 or both float64");
  }
  for (const count of [size, inner, side.stride]) checkSize(count, integerBits, "a size of a Gram");
  checkOperand(side, size, inner, "the rows of a Gram");
  checkLength(into, size * size, "a Gram");
  const addGram = isSingle ? library.ssyrk : library.dsyrk;
  addGram(rowMajor, lowerTriangle, form(side), size, inner, 1, side.data, side.stride, 1, into, size);
}

function checkOperand({ data, stride, isTransposed }: Operand, rows: number, columns: number, what: string): void {
  const [storedRows, storedColumns] = isTransposed ? [columns, rows] : [rows, columns];
  if (stride < storedColumns) {
    throw new ShapeError(`openblas: ${what} has ${storedColumns} columns ${stride} entries apart; they must be at least as far apart`);
  }
  checkLength(data, (storedRows - 1) * stride + storedColumns, what);
}

function form({ isTransposed }: Operand): number {
  return isTransposed ? transposed : asStored;
}
