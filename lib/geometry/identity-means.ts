import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix, type Matrix64 } from "../core/matrix.js";

/** Identities in order of first appearance. */
export interface IdentityMeans {
  readonly names: readonly string[];
  /** Rows of each. */
  readonly counts: Int32Array;
  /** Mean of each one's rows less `mean`, one row an identity. */
  readonly means: Matrix64;
  /** Of all rows. */
  readonly mean: Float64Array;
}

/** @throws ShapeError when the counts disagree; ValueError when there are no rows or a value is not finite. */
export function identityMeans(rows: Matrix, identities: readonly string[], caller: string): IdentityMeans {
  if (identities.length !== rows.rows) {
    throw new ShapeError(`${caller}: got ${rows.rows} rows and ${identities.length} identities; pass the identity of every row`);
  }
  if (rows.rows === 0) throw new ValueError(`${caller}: got no rows; pass at least one`);
  checkFinite(rows, caller);
  const { columns, data } = rows;
  const mean = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) mean[k % columns] += data[k] / rows.rows;
  const names = [...new Set(identities)];
  const places = new Map(names.map((name, place) => [name, place]));
  const counts = new Int32Array(names.length);
  const means = matrix64(names.length, columns);
  identities.forEach((name, i) => {
    const place = places.get(name)!;
    counts[place]++;
    for (let j = 0; j < columns; j++) means.data[place * columns + j] += data[i * columns + j] - mean[j];
  });
  for (let k = 0; k < means.data.length; k++) means.data[k] /= counts[Math.floor(k / columns)];
  return { names, counts, means, mean };
}
