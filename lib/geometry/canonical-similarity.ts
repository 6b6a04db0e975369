import type { MomentsOptions } from "../align/cloud.js";
import { liveCross, scaled, type LiveCross } from "../align/live-cross.js";
import type { LiveDirections } from "../align/live-directions.js";
import type { Moments } from "../align/moments.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { firstColumns } from "../linalg/singular-directions.js";
import { directionsFor } from "./spectrum.js";

/** Summaries of the canonical correlations of two clouds. */
export interface CanonicalSimilarity {
  /** Mean canonical correlation, over as many as the narrower cloud fills directions. */
  readonly mean: number;
  /** The mean after each cloud is cut to the principal directions that hold 99 % of its variance. */
  readonly svcca: number;
  /** The mean weighted by how much of the source each canonical direction accounts for; it is another one for the reversed pair. */
  readonly pwcca: number;
  /** What makes a value say little, such as too few rows. */
  readonly warnings: readonly string[];
}

/** What SVCCA keeps of the variance. */
const keptShare = 0.99;

/**
 * Mean canonical correlation, SVCCA and PWCCA of two paired clouds.
 *
 * The mean is invariant to every invertible linear map of either cloud; SVCCA to rotation, shift and scale; PWCCA to shift and scale of the
 * source and to invertible linear maps of the target, but not to rotations of the source, whose columns it weighs by. Each is 1 for any
 * clouds whose directions together are as many as the rows, and is raised long before, so see `warnings`, and calibrate.
 *
 * @param moments sums over n pairs.
 * @throws ValueError when all rows of a cloud are equal.
 * @see Raghu et al. 2017, arXiv 1706.05806, for the mean and SVCCA; Morcos, Raghu, Bengio 2018, arXiv 1806.05759, for PWCCA
 */
export async function canonicalSimilarity(moments: Moments, options: MomentsOptions): Promise<CanonicalSimilarity> {
  const live = await liveCross(moments, options);
  return {
    mean: await meanCorrelation(live, options),
    svcca: await meanCorrelation(mainCross(live), options),
    pwcca: await projectionWeighted(live, options),
    warnings: [
      rowWarning("cca", [live.source.rank, live.target.rank], moments.count),
      rowWarning("svcca", [mainDirections(live.source), mainDirections(live.target)], moments.count),
    ].filter((warning) => warning !== null),
  };
}

/** Why canonical correlations of so few rows say little; null when rows are enough. */
export function rowWarning(measure: string, [p, q]: readonly [number, number], count: number): string | null {
  if (count >= p + q) return null;
  return `${measure}: ${count} rows are fewer than the ${p} + ${q} directions of the clouds; ${p + q - count + 1} or more correlations are 1 whatever the rows`;
}

/** How many principal directions hold 99 % of the variance. */
export function mainDirections({ values }: LiveDirections): number {
  return directionsFor(values, keptShare);
}

/** Mean canonical correlation: the mean singular value of the whitened cross-Gram. */
export async function meanCorrelation(live: LiveCross, { engine, signal }: MomentsOptions): Promise<number> {
  const { nuclearNorm } = await engine.polar(whitened(live), { signal });
  return Math.min(1, nuclearNorm / Math.min(live.source.rank, live.target.rank));
}

/** The pair in the principal directions that hold 99 % of the variance of each cloud. */
export function mainCross({ source, target, cross }: LiveCross): LiveCross {
  const [p, q] = [mainDirections(source), mainDirections(target)];
  const kept = matrix64(p, q);
  for (let i = 0; i < p; i++) kept.data.set(cross.data.subarray(i * cross.columns, i * cross.columns + q), i * q);
  return { source: firstDirections(source, p), target: firstDirections(target, q), cross: kept };
}

/**
 * Σ αₖ ρₖ / Σ αₖ with αₖ = Σⱼ |hₖᵀ xⱼ| over the columns xⱼ of the source and its canonical variates hₖ.
 *
 * With whitened cross-Gram U P Qᵀ and the source's directions V and eigenvalues Λ, the products hₖᵀ xⱼ are the entries of V Λ^½ U.
 */
export async function projectionWeighted(live: LiveCross, { engine, signal }: MomentsOptions): Promise<number> {
  const { left, values } = await engine.svd(whitened(live), { signal });
  const spread = scaled(live.source.vectors, new Float64Array(live.source.vectors.rows).fill(1), live.source.values.map(Math.sqrt));
  const { data } = await engine.product(spread, left, { signal });
  const weights = new Float64Array(values.length);
  for (let k = 0; k < data.length; k++) weights[k % values.length] += Math.abs(data[k]);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, k) => sum + (weights[k] / total) * Math.min(1, value), 0);
}

function whitened({ source, target, cross }: LiveCross): Matrix64 {
  const inverse = (values: Float64Array): Float64Array => values.map((value) => 1 / Math.sqrt(value));
  return scaled(cross, inverse(source.values), inverse(target.values));
}

function firstDirections({ values, vectors }: LiveDirections, count: number): LiveDirections {
  return { rank: count, values: values.slice(0, count), vectors: firstColumns(vectors, count) };
}
