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
  const { columns } = matrix;
  const count = order?.length ?? matrix.rows;
  const unit = matrix32(count, columns);
  const degenerate: number[] = [];
  for (let row = 0; row < count; row++) {
    const begin = (order === undefined ? row : order[row]) * columns;
    let energy = 0;
    for (let i = begin; i < begin + columns; i++) energy += matrix.data[i] * matrix.data[i];
    if (energy === 0) {
      degenerate.push(row);
      continue;
    }
    const factor = 1 / Math.sqrt(energy);
    const shift = row * columns - begin;
    for (let i = begin; i < begin + columns; i++) unit.data[i + shift] = matrix.data[i] * factor;
  }
  return { rows: unit, degenerate };
}
