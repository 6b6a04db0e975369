import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";
import { checkPeople, identityMeans, spreadOfMeans } from "./identity-means.js";

/** The covariance of a cloud, split into what differs between people and what differs within a person. */
export interface IdentityScatter {
  /** S_b = Σ n_p (m_p − m)(m_p − m)ᵀ / n over identities p of n_p rows and mean m_p, d × d. */
  readonly between: Matrix64;
  /** S_w = Σ (x − m_p)(x − m_p)ᵀ / n over rows x of p, d × d. S_b + S_w is the covariance of the rows, divided by n. */
  readonly within: Matrix64;
  /** tr S_b / tr S_w. */
  readonly fisherRatio: number;
  readonly identityCount: number;
}

/**
 * Scatter between and within identities, and the Fisher ratio of their traces.
 *
 * The mean of few rows carries part of their variation into S_b: rows without any identity in them reach a ratio of about (N − 1)/(n − N)
 * for N identities, so compare ratios of sets with as many rows an identity. The ratio is invariant to rotation, shift and scale.
 *
 * @param rows n × d.
 * @param identities the name of each row's identity.
 * @throws ShapeError when there is not one identity a row; ValueError when there is but one identity, none has two rows, a value is not
 * finite, or the rows of each identity are all equal.
 * @see Fisher 1936, doi:10.1111/j.1469-1809.1936.tb02137.x
 */
export async function identityScatter(rows: Matrix32, identities: readonly string[], options: MomentsOptions): Promise<IdentityScatter> {
  const people = identityMeans(rows, identities, "identityScatter");
  checkPeople(people, "identityScatter");
  const { codes, means } = people;
  const spread = spreadOfMeans(people);
  const share = Math.sqrt(1 / rows.rows);
  for (let k = 0; k < spread.data.length; k++) spread.data[k] *= share;
  const between = await options.engine.gram(spread, { signal: options.signal });
  const within = await withinScatter(rows, codes, means, options);
  const [betweenTrace, withinTrace] = [trace(between), trace(within)];
  if (!(withinTrace > 0)) {
    throw new ValueError(
      `identityScatter: the rows of each of ${means.rows} identities are all equal; the Fisher ratio needs rows that differ within one`,
    );
  }
  return { between, within, fisherRatio: betweenTrace / withinTrace, identityCount: means.rows };
}

async function withinScatter(rows: Matrix32, codes: Int32Array, means: Matrix64, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  const { rows: count, columns, data } = rows;
  const within = matrix64(columns, columns);
  for (let first = 0; first < count; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, count);
    const residuals = matrix64(last - first, columns);
    for (let i = first, k = 0; i < last; i++) {
      for (let j = 0; j < columns; j++, k++)
        residuals.data[k] = (data[i * columns + j] - means.data[codes[i] * columns + j]) / Math.sqrt(count);
    }
    addInto(within.data, (await engine.gram(residuals, { signal })).data);
  }
  return within;
}

function trace({ rows, data }: Matrix64): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i];
  return sum;
}
