import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix, type Matrix64 } from "../core/matrix.js";

/** The rows of a cloud by who they are of. */
export interface IdentityMeans {
  /** N names, in order of appearance. */
  readonly names: readonly string[];
  /** The place of each of the n rows' identity in `names`. */
  readonly codes: Int32Array;
  /** Rows of each identity. */
  readonly counts: Int32Array;
  /** N × d. */
  readonly means: Matrix64;
}

/**
 * The mean row of each identity.
 *
 * @throws ShapeError when there is not one identity a row; ValueError when there are no rows, or a value is not finite.
 */
export function identityMeans(rows: Matrix, identities: readonly string[], caller: string): IdentityMeans {
  if (identities.length !== rows.rows) {
    throw new ShapeError(`${caller}: got ${rows.rows} rows and ${identities.length} identities; pass the identity of every row`);
  }
  if (rows.rows === 0) throw new ValueError(`${caller}: got no rows; pass at least one`);
  checkFinite(rows, caller);
  const { columns, data } = rows;
  const names = [...new Set(identities)];
  const places = new Map(names.map((name, place) => [name, place]));
  const codes = Int32Array.from(identities, (name) => places.get(name)!);
  const counts = new Int32Array(names.length);
  for (const code of codes) counts[code]++;
  const means = matrix64(names.length, columns);
  codes.forEach((code, i) => {
    for (let j = 0; j < columns; j++) means.data[code * columns + j] += data[i * columns + j] / counts[code];
  });
  return { names, codes, counts, means };
}

/** @throws ValueError when there is but one identity, or none has two rows. */
export function checkPeople({ names, codes }: IdentityMeans, caller: string): void {
  if (names.length < 2) {
    throw new ValueError(`${caller}: got rows of ${names.length} identities; telling people apart needs at least two`);
  }
  if (names.length === codes.length) {
    throw new ValueError(`${caller}: each of ${codes.length} identities has one row; at least one needs two`);
  }
}

/** The mean of all rows. */
export function overallMean({ counts, codes, means: { columns, data } }: IdentityMeans): Float64Array {
  const mean = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) mean[k % columns] += (data[k] * counts[Math.floor(k / columns)]) / codes.length;
  return mean;
}

/** Means of identities about the mean of all rows, each times the root of its count: M with MᵀM = Σ nᵢ (mᵢ − m)(mᵢ − m)ᵀ. */
export function spreadOfMeans(people: IdentityMeans): Matrix64 {
  const { counts, means } = people;
  const { rows, columns, data } = means;
  const mean = overallMean(people);
  return matrix64(
    rows,
    columns,
    data.map((value, k) => (value - mean[k % columns]) * Math.sqrt(counts[Math.floor(k / columns)])),
  );
}
