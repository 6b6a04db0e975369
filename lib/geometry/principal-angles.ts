import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "../align/cloud.js";
import { firstColumns } from "../linalg/singular-directions.js";
import { identityMeans, spreadOfMeans } from "./identity-means.js";

/** Directions below this share of the largest are rounding. */
const roundingShare = 1e-10;

/**
 * Principal angles between the spans of the columns of two matrices, in radians, the smallest first: as many as the narrower span has
 * dimensions. 0 where the spans share a direction, π/2 where one has a direction that is at right angles to all of the other.
 *
 * Angles below 45° come from their sines, so that small ones keep their digits.
 *
 * @param first d × k.
 * @param second d × m.
 * @throws ShapeError when the heights differ; ValueError when a matrix is zero or not finite.
 * @see Björck, Golub 1973, doi:10.1090/S0025-5718-1973-0348991-3; Knyazev, Argentati 2002, doi:10.1137/S1064827500377332
 */
export async function principalAngles(first: Matrix64, second: Matrix64, options: MomentsOptions): Promise<Float64Array> {
  if (first.rows !== second.rows) {
    throw new ShapeError(`principalAngles: got columns of ${first.rows} and ${second.rows} entries; both spans must lie in one space`);
  }
  const { engine, signal } = options;
  const bases = [await orthonormalBasis(first, options), await orthonormalBasis(second, options)];
  const [wide, narrow] = bases[0].columns >= bases[1].columns ? bases : [bases[1], bases[0]];
  const along = await engine.product(wide, narrow, { transposeLeft: true, signal });
  const shadow = await engine.product(wide, along, { signal });
  const rest = matrix64(
    narrow.rows,
    narrow.columns,
    narrow.data.map((value, k) => value - shadow.data[k]),
  );
  const cosines = (await engine.svd(along, { signal })).values;
  const sines = (await engine.svd(rest, { signal })).values.toReversed();
  return cosines.map((cosine, i) => (cosine * cosine >= 0.5 ? Math.asin(Math.min(1, sines[i])) : Math.acos(cosine)));
}

async function orthonormalBasis(columns: Matrix64, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  checkFinite(columns, "principalAngles");
  const { left, values } = await engine.svd(columns, { signal });
  const rank = values[0] > 0 ? values.filter((value) => value > roundingShare * values[0]).length : 0;
  if (rank === 0) throw new ValueError(`principalAngles: the ${columns.rows} × ${columns.columns} matrix is zero; it spans no space`);
  return firstColumns(left, rank);
}

export interface IdentitySubspaceOptions extends MomentsOptions {
  /** How many directions; below the number of identities. */
  readonly rank: number;
}

/**
 * The directions in which identities differ most: the top eigenvectors of the scatter Σ nᵢ (mᵢ − m)(mᵢ − m)ᵀ of identity means about the mean
 * of all rows.
 *
 * @param rows n × d.
 * @param identities the name of each row's identity.
 * @returns d × `rank`, columns orthonormal.
 * @throws ShapeError when the counts disagree; ValueError when the identities do not differ in so many directions, or a value is not finite.
 */
export async function identitySubspace(
  rows: Matrix32,
  identities: readonly string[],
  { rank, engine, signal }: IdentitySubspaceOptions,
): Promise<Matrix64> {
  const people = identityMeans(rows, identities, "identitySubspace");
  const { right, values } = await engine.svd(spreadOfMeans(people), { signal });
  const most = values.filter((value) => value > roundingShare * values[0]).length;
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= most)) {
    throw new ValueError(
      `identitySubspace: got rank ${rank}; ${people.names.length} identities differ in ${most} directions, so give a whole number from 1 to ${most}`,
    );
  }
  return firstColumns(right, rank);
}
