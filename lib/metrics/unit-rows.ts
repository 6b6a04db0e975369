import { ValueError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32 } from "../core/matrix.js";

/** Rows brought to unit length as they are asked for; no copy of them all is kept. */
export interface UnitRows {
  readonly count: number;
  /** Positions of rows that have no direction; those stay zero. */
  readonly degenerate: readonly number[];
  /** Rows `first` up to, not including, `last`. The last answer is remembered: do not write to it; the next one takes its memory. */
  take(first: number, last: number): Matrix32;
}

/**
 * Make rows ready to be taken with unit length, by norms summed in float64.
 *
 * @param order the rows to take, in that order; each must be a row of `matrix`. @defaultValue all, as they are
 * @throws ValueError that names `what` when there are no rows or a value of those to be taken is not finite.
 */
export function prepareUnitRows(matrix: Matrix32, what: string, order?: Int32Array): UnitRows {
  if (matrix.rows === 0) throw new ValueError(`${what} is empty; it needs at least one row`);
  const { columns, data } = matrix;
  const count = order?.length ?? matrix.rows;
  const beginOf = (row: number): number => (order === undefined ? row : order[row]) * columns;
  const degenerate: number[] = [];
  const factors = Float64Array.from({ length: count }, (_, row) => {
    const energy = energyOf(data, beginOf(row), beginOf(row) + columns);
    if (!Number.isFinite(energy)) checkFinite(matrix, what);
    if (energy === 0) degenerate.push(row);
    return energy === 0 ? 0 : 1 / Math.sqrt(energy);
  });
  let scratch = new Float32Array();
  let recent = { first: 0, last: 0, rows: matrix32(0, columns) };
  return {
    count,
    degenerate,
    take(first: number, last: number): Matrix32 {
      if (recent.first === first && recent.last === last) return recent.rows;
      const length = (last - first) * columns;
      if (scratch.length < length) scratch = new Float32Array(length);
      const rows = matrix32(last - first, columns, scratch.subarray(0, length));
      for (let row = first, k = 0; row < last; row++, k += columns) {
        scaleInto(rows.data, k, k + columns, data, beginOf(row), factors[row]);
      }
      recent = { first, last, rows };
      return rows;
    },
  };
}

/** A copy of all rows with unit length; those without a direction are zero. @throws as `prepareUnitRows` does. */
export function unitRows(matrix: Matrix32, what: string): Matrix32 {
  const rows = prepareUnitRows(matrix, what);
  return rows.take(0, rows.count);
}

/** Σ data[i]² from `begin` to before `end`, in four sums. */
function energyOf(data: Float32Array, begin: number, end: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = begin;
  for (; i + 3 < end; i += 4) {
    first += data[i] * data[i];
    second += data[i + 1] * data[i + 1];
    third += data[i + 2] * data[i + 2];
    fourth += data[i + 3] * data[i + 3];
  }
  for (; i < end; i++) first += data[i] * data[i];
  return first + second + (third + fourth);
}

/** scaled = factor · data, from `first` to before `last`, and from `begin` on. */
function scaleInto(scaled: Float32Array, first: number, last: number, data: Float32Array, begin: number, factor: number): void {
  let [j, i] = [first, begin];
  for (; j < last - 3; j += 4, i += 4) {
    scaled[j] = data[i] * factor;
    scaled[j + 1] = data[i + 1] * factor;
    scaled[j + 2] = data[i + 2] * factor;
    scaled[j + 3] = data[i + 3] * factor;
  }
  for (; j < last; j++, i++) scaled[j] = data[i] * factor;
}
