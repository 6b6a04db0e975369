import { toFloat64, type Matrix32, type Matrix64 } from "../core/matrix.js";

/** A float64 copy of n × d rows about their mean: distances then lose fewest digits. */
export function centredRows(rows: Matrix32): Matrix64 {
  const centred = toFloat64(rows);
  const { rows: count, columns, data } = centred;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += data[i * columns + j];
    for (let i = 0; i < count; i++) data[i * columns + j] -= sum / count;
  }
  return centred;
}
