import { liveDirections } from "../align/live-directions.js";
import type { CloudMoments, MomentsOptions } from "../align/cloud.js";

/** Over how many directions the variance of a cloud is spread. */
export interface CloudSpectrum {
  /** Variance along each principal direction, Λ/(n − 1), descending; directions that are rounding are left out. */
  readonly variances: Float64Array;
  /** (Σ λ)² / Σ λ²: the count of equal variances that are as uneven. */
  readonly participationRatio: number;
  /** exp of the entropy of λ/Σ λ. */
  readonly effectiveRank: number;
  /** The fewest principal directions that hold this share of the variance. */
  readonly pcaDimensions: readonly { readonly share: number; readonly dimension: number }[];
}

const shares = [0.9, 0.95, 0.99];

/**
 * The eigenvalues of a cloud's covariance and three counts of the directions that matter. All are invariant to rotation, shift and scale.
 *
 * @throws ValueError when all rows of the cloud are equal.
 * @see Roy and Vetterli 2007, "The effective rank", EUSIPCO, for the entropy, there of singular values; Gao et al. 2017, doi:10.1101/214262,
 * for the participation ratio
 */
export async function cloudSpectrum(cloud: CloudMoments, options: MomentsOptions): Promise<CloudSpectrum> {
  const { values } = await liveDirections(cloud, options);
  const total = values.reduce((sum, value) => sum + value, 0);
  let squares = 0;
  let entropy = 0;
  for (const value of values) {
    squares += (value / total) ** 2;
    entropy -= (value / total) * Math.log(value / total);
  }
  return {
    variances: values.map((value) => value / (cloud.count - 1)),
    participationRatio: 1 / squares,
    effectiveRank: Math.exp(entropy),
    pcaDimensions: shares.map((share) => ({ share, dimension: directionsFor(values, share) })),
  };
}

/** The fewest of the descending eigenvalues that hold `share` of their sum. */
export function directionsFor(values: Float64Array, share: number): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  let held = 0;
  const last = values.findIndex((value) => (held += value) >= share * total);
  return last < 0 ? values.length : last + 1;
}
