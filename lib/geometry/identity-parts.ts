import { matrix32, type Matrix32 } from "../core/matrix.js";
import { checkPeople, identityMeans } from "./identity-means.js";

/** A cloud X = M + E: the mean row of each identity, and what is left of each row. */
export interface IdentityParts {
  /** N names, in order of appearance. */
  readonly names: readonly string[];
  /** N × d, one row an identity: who it is. */
  readonly means: Matrix32;
  /** The rows that have a residual: those of identities with two rows or more. */
  readonly residualRows: Int32Array;
  /** A row for each of `residualRows`, less the mean of its identity: pose, light, age and the rest. */
  readonly residuals: Matrix32;
}

/**
 * Split a cloud into identity and nuisance, to compare networks on each: agreement about who people are is in the means, agreement about
 * photographs in the residuals.
 *
 * The means come once for each identity, whatever its rows: repeated rows would count as agreement of their own. Residuals of one identity
 * sum to zero, in every network, which raises similarities of residuals a little above those of independent rows: permutations within
 * identities (`compareClouds`) keep that, and take it off.
 *
 * @param rows n × d.
 * @param identities the name of each row's identity.
 * @throws ShapeError when there is not one identity a row; ValueError when there is but one identity, none has two rows, or a value is
 * not finite.
 */
export function identityParts(rows: Matrix32, identities: readonly string[]): IdentityParts {
  const people = identityMeans(rows, identities, "identityParts");
  checkPeople(people, "identityParts");
  const { names, codes, counts, means } = people;
  const { columns, data } = rows;
  const residualRows = Int32Array.from(codes.keys()).filter((row) => counts[codes[row]] > 1);
  const residuals = matrix32(residualRows.length, columns);
  residualRows.forEach((row, i) => {
    for (let j = 0; j < columns; j++) residuals.data[i * columns + j] = data[row * columns + j] - means.data[codes[row] * columns + j];
  });
  return { names, means: matrix32(means.rows, columns, Float32Array.from(means.data)), residualRows, residuals };
}
