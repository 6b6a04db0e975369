import { ValueError } from "../core/errors.js";
import { checkFinite, matrix32, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";

/**
 * Scale every row to unit length.
 *
 * @param rows n × d.
 * @throws ValueError that names the first row with a value that is not finite, or of zero length.
 */
export function normaliseRows(rows: Matrix32): Matrix32 {
  checkFinite(rows, "normaliseRows");
  const { columns, data } = rows;
  const unit = matrix32(rows.rows, columns);
  for (let i = 0; i < rows.rows; i++) {
    const first = i * columns;
    let energy = 0;
    for (let j = 0; j < columns; j++) energy += data[first + j] * data[first + j];
    if (energy === 0) throw new ValueError(`normaliseRows: row ${i} has zero length; it has no direction, so leave it out`);
    const norm = Math.sqrt(energy);
    for (let j = 0; j < columns; j++) unit.data[first + j] = data[first + j] / norm;
  }
  return unit;
}

/** Rows `first` … `last` − 1 minus `mean`, in float64. */
export function centreRows(rows: Matrix32, mean: Float64Array, first: number, last: number): Matrix64 {
  return centreRowsInto(new Float64Array((last - first) * rows.columns), rows, mean, first);
}

/** What `centreRows` gives, in memory that the next call overwrites: a block at a time costs no fresh pages. */
export function blockCentring(rows: Matrix32, mean: Float64Array): (first: number, last: number) => Matrix64 {
  let scratch = new Float64Array();
  return (first, last) => {
    const length = (last - first) * rows.columns;
    if (scratch.length < length) scratch = new Float64Array(length);
    return centreRowsInto(scratch.subarray(0, length), rows, mean, first);
  };
}

function centreRowsInto(centred: Float64Array, { columns, data }: Matrix32, mean: Float64Array, first: number): Matrix64 {
  const count = columns === 0 ? 0 : centred.length / columns;
  for (let i = 0; i < count; i++) {
    const to = i * columns;
    const from = (first + i) * columns;
    let j = 0;
    for (; j < columns - 3; j += 4) {
      centred[to + j] = data[from + j] - mean[j];
      centred[to + j + 1] = data[from + j + 1] - mean[j + 1];
      centred[to + j + 2] = data[from + j + 2] - mean[j + 2];
      centred[to + j + 3] = data[from + j + 3] - mean[j + 3];
    }
    for (; j < columns; j++) centred[to + j] = data[from + j] - mean[j];
  }
  return matrix64(count, columns, centred);
}

/** Rows of the same images: row i of both comes from one image. */
export interface PairedRows {
  /** m × p. */
  readonly source: Matrix32;
  /** m × q. */
  readonly target: Matrix32;
}

/** Rows − mean, rounded once. */
export function lessMean({ rows, columns, data }: Matrix32, mean: Float64Array): Matrix32 {
  const less = matrix32(rows, columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) less.data[k] = data[k] - mean[j];
  }
  return less;
}
