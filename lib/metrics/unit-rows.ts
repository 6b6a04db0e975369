import { ValueError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32 } from "../core/matrix.js";

/** Rows of unit length, and the positions of those that have no direction; those stay zero. */
export interface UnitRows {
  readonly rows: Matrix32;
  readonly degenerate: readonly number[];
}

/**
 * A copy with rows of unit length, by norms summed in float64.
 *
 * @param order the rows to take, in that order; each must be a row of `matrix`. @defaultValue all, as they are
 * @throws ValueError that names `what` when there are no rows or a value is not finite.
 */
export function unitRows(matrix: Matrix32, what: string, order?: Int32Array): UnitRows {
  if (matrix.rows === 0) throw new ValueError(`${what} is empty; it needs at least one row`);
  checkFinite(matrix, what);
  const { columns, data } = matrix;
  const count = order?.length ?? matrix.rows;
  const unit = matrix32(count, columns);
  const degenerate: number[] = [];
  for (let row = 0; row < count; row++) {
    const begin = (order === undefined ? row : order[row]) * columns;
    const energy = energyOf(data, begin, begin + columns);
    if (energy === 0) {
      degenerate.push(row);
      continue;
    }
    const factor = 1 / Math.sqrt(energy);
    scaleInto(unit.data.subarray(row * columns, (row + 1) * columns), data, begin, factor);
  }
  return { rows: unit, degenerate };
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

/** scaled = factor · data from `begin` on. */
function scaleInto(scaled: Float32Array, data: Float32Array, begin: number, factor: number): void {
  const count = scaled.length;
  let j = 0;
  for (let i = begin; j < count - 3; j += 4, i += 4) {
    scaled[j] = data[i] * factor;
    scaled[j + 1] = data[i + 1] * factor;
    scaled[j + 2] = data[i + 2] * factor;
    scaled[j + 3] = data[i + 3] * factor;
  }
  for (; j < count; j++) scaled[j] = data[begin + j] * factor;
}
