import type { MomentsOptions } from "../align/cloud.js";
import { ValueError } from "../core/errors.js";
import { checkFinite, takeRows, type Matrix32 } from "../core/matrix.js";
import { distinctRows } from "./distinct-rows.js";
import { findNeighbours } from "./neighbours.js";

/** How many numbers it takes to say where a point of a cloud is, near another one. */
export interface IntrinsicDimension {
  /** By maximum likelihood: (N − 1) / Σ ln μᵢ. */
  readonly likelihood: number;
  /** The slope through the origin of −ln(1 − i/N) on ln μ₍ᵢ₎, over the smallest 90 %. */
  readonly regression: number;
  /** N distinct rows that it was estimated from. */
  readonly count: number;
  /** Rows left out, since their values are those of an earlier one. */
  readonly duplicateCount: number;
}

/** The share of the largest μ that the regression leaves out: few points carry them, and they are the least like the model. */
const discarded = 0.1;

/**
 * The intrinsic dimension of a cloud by the two nearest neighbours of every point, in Euclidean distance.
 *
 * Where points lie evenly on a manifold of dimension d within the reach of their second neighbour, μ = r₂/r₁ has the distribution
 * 1 − μ⁻ᵈ, of whatever density. Points are taken to be independent: of images of the same person the nearest neighbour mostly is
 * another one, and the estimate then is that of the variation within a person; see `oneRowPerIdentity`. One estimate is no dimension
 * unless it stays as points get fewer; see `dimensionByCount`.
 *
 * @param rows n × d.
 * @throws ValueError when fewer than three rows are distinct, a value is not finite, or every point has two neighbours as near.
 * @see Facco, d'Errico, Rodriguez, Laio 2017, doi:10.1038/s41598-017-11873-y; Denti et al. 2022, doi:10.1038/s41598-022-20991-1, for the likelihood
 */
export async function estimateDimension(rows: Matrix32, options: MomentsOptions): Promise<IntrinsicDimension> {
  checkFinite(rows, "estimateDimension");
  const kept = distinctRows(rows);
  const count = kept.length;
  if (count < 3) {
    throw new ValueError(`estimateDimension: ${count} of ${rows.rows} rows are distinct; two neighbours need at least three`);
  }
  const distinct = count === rows.rows ? rows : takeRows(rows, kept);
  const { values } = await findNeighbours(distinct, 2, { ...options, nearness: "euclidean" });
  const logs = Float64Array.from({ length: count }, (_, i) => Math.log(values[2 * i + 1] / values[2 * i])).sort();
  const sum = logs.reduce((total, value) => total + value, 0);
  const regression = slope(logs, Math.floor(count * (1 - discarded)));
  if (!(sum > 0) || !Number.isFinite(sum) || !Number.isFinite(regression)) {
    throw new ValueError(
      `estimateDimension: of ${count} distinct rows the two nearest neighbours are as near, or too near to tell; give rows that lie irregularly`,
    );
  }
  return { likelihood: (count - 1) / sum, regression, count, duplicateCount: rows.rows - count };
}

function slope(logs: Float64Array, kept: number): number {
  let product = 0;
  let square = 0;
  for (let i = 0; i < kept; i++) {
    product -= logs[i] * Math.log(1 - (i + 1) / logs.length);
    square += logs[i] ** 2;
  }
  return product / square;
}
