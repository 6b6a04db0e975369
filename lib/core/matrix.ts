import { ShapeError, ValueError } from "./errors.js";

/** Rows × columns numbers, row-major: entry (i, j) is `data[i * columns + j]`. Rows are items. */
export interface Matrix<T extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly rows: number;
  readonly columns: number;
  readonly data: T;
}

/** Embeddings and scores. */
export type Matrix32 = Matrix<Float32Array>;

/** Moments, solves and maps. */
export type Matrix64 = Matrix<Float64Array>;

/** Wrap `data` (not copied) as a rows × columns float32 matrix. @throws ShapeError when the length disagrees. */
export function matrix32(rows: number, columns: number, data: Float32Array = new Float32Array(rows * columns)): Matrix32 {
  checkLength(rows, columns, data.length);
  return { rows, columns, data };
}

/** Wrap `data` (not copied) as a rows × columns float64 matrix. @throws ShapeError when the length disagrees. */
export function matrix64(rows: number, columns: number, data: Float64Array = new Float64Array(rows * columns)): Matrix64 {
  checkLength(rows, columns, data.length);
  return { rows, columns, data };
}

/** A float64 copy. */
export function toFloat64(matrix: Matrix): Matrix64 {
  return matrix64(matrix.rows, matrix.columns, new Float64Array(matrix.data));
}

/** A float32 copy. */
export function toFloat32(matrix: Matrix): Matrix32 {
  return matrix32(matrix.rows, matrix.columns, new Float32Array(matrix.data));
}

/** A matrix of what `change` makes of each value, of the same width. */
export function mapValues<M extends Matrix>({ rows, columns, data }: M, change: (value: number, index: number) => number): M {
  return { rows, columns, data: data.map(change) } as Matrix as M;
}

/** A new matrix of the rows `indices` names, in that order. @throws ValueError when an index is outside the matrix. */
export function takeRows(matrix: Matrix32, indices: ArrayLike<number>): Matrix32 {
  const { rows, columns, data } = matrix;
  const taken = matrix32(indices.length, columns);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    if (!(Number.isInteger(row) && row >= 0 && row < rows)) {
      throw new ValueError(`takeRows: got row ${row} of a matrix with ${rows} rows; rows are the whole numbers from 0 to ${rows - 1}`);
    }
    taken.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return taken;
}

/** A new matrix of the rows of all parts, one after the other. @throws ShapeError when there is no part, or their widths disagree. */
export function stackRows(parts: readonly Matrix32[]): Matrix32 {
  const widths = new Set(parts.map(({ columns }) => columns));
  if (widths.size !== 1) {
    throw new ShapeError(
      `stackRows: got ${parts.length} parts of widths ${[...widths].join(", ") || "none"}; pass at least one, all as wide`,
    );
  }
  const stacked = matrix32(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    parts[0].columns,
  );
  let at = 0;
  for (const { data } of parts) {
    stacked.data.set(data, at);
    at += data.length;
  }
  return stacked;
}

/** @throws ValueError that names `what` and the first row with a NaN or an infinity. */
export function checkFinite(matrix: Matrix, what: string): void {
  const { data, columns } = matrix;
  if (allFinite(data)) return;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      const row = Math.floor(i / columns);
      throw new ValueError(
        `${what}: row ${row}, column ${i - row * columns} is ${data[i]}; every value must be finite, so leave that row out or embed it again`,
      );
    }
  }
}

/** Zero times anything finite is zero, and times anything else is NaN; four sums take less time than a question for each value. */
function allFinite(data: Matrix["data"]): boolean {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (; i < data.length - 3; i += 4) {
    first += 0 * data[i];
    second += 0 * data[i + 1];
    third += 0 * data[i + 2];
    fourth += 0 * data[i + 3];
  }
  for (; i < data.length; i++) first += 0 * data[i];
  return first + second + third + fourth === 0;
}

function checkLength(rows: number, columns: number, length: number): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 0 || columns < 0 || rows * columns !== length) {
    throw new ShapeError(`matrix: got ${rows} × ${columns} and ${length} values; rows × columns must equal the number of values`);
  }
}
