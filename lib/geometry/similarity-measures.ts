import type { MomentsOptions } from "../align/cloud.js";
import { mainCross, mainDirections, meanCorrelation, projectionWeighted, rowWarning } from "./canonical-similarity.js";
import { ckaOfSums, sumOfSquares, type EnergyProducts, type LinearCka } from "./cka.js";
import { prepareMutualNeighbours, type NeighbourScope } from "./mutual-neighbours.js";
import type { PairedClouds, Pairing } from "./pairing.js";
import { predictedShare } from "./predictivity.js";
import { shapeSimilarity } from "./shape-distance.js";

/** The measures that `compareClouds` knows; each is 1 at most, which clouds reach that are the same. */
export const similarityMeasures = [
  "cka",
  "cka-debiased",
  "procrustes",
  "cca",
  "svcca",
  "pwcca",
  "r2",
  "mutual-knn",
  "mutual-knn-across",
  "mutual-knn-within",
] as const;

export type SimilarityMeasure = (typeof similarityMeasures)[number];

export interface MeasureOptions extends MomentsOptions {
  readonly identities: readonly string[];
  readonly neighbours: number;
}

/** A measure of two clouds, ready for any pairing of their rows. */
export interface PreparedMeasure {
  readonly valueOf: (pairing: Pairing) => Promise<number>;
  readonly warning: string | null;
}

/** @throws ValueError when the measure cannot be had of these clouds. */
export async function prepareMeasure(measure: SimilarityMeasure, clouds: PairedClouds, options: MeasureOptions): Promise<PreparedMeasure> {
  const { count } = clouds.moments;
  switch (measure) {
    case "cka":
      return { valueOf: async (pairing) => (await ckaUnder(clouds, pairing)).biased, warning: null };
    case "cka-debiased":
      return { valueOf: async (pairing) => (await ckaUnder(clouds, pairing)).debiased, warning: null };
    case "procrustes":
      return { valueOf: async (pairing) => shapeSimilarity(await pairing.cross(), options), warning: null };
    case "cca":
      return {
        valueOf: async (pairing) => meanCorrelation(await pairing.cross(), options),
        warning: rowWarning(measure, [clouds.source.rank, clouds.target.rank], count),
      };
    case "svcca":
      return {
        valueOf: async (pairing) => meanCorrelation(mainCross(await pairing.cross()), options),
        warning: rowWarning(measure, [mainDirections(clouds.source), mainDirections(clouds.target)], count),
      };
    case "pwcca":
      return {
        valueOf: async (pairing) => projectionWeighted(await pairing.cross(), options),
        warning: rowWarning(measure, [clouds.source.rank, clouds.target.rank], count),
      };
    case "r2":
      return { valueOf: async (pairing) => predictedShare(await pairing.cross()), warning: fitWarning(clouds) };
    case "mutual-knn":
      return mutual(clouds, "all", options);
    case "mutual-knn-across":
      return mutual(clouds, "across", options);
    case "mutual-knn-within":
      return mutual(clouds, "within", options);
  }
}

async function ckaUnder({ moments, source, target, sourceEnergies, targetEnergies }: PairedClouds, pairing: Pairing): Promise<LinearCka> {
  const { cross } = await pairing.cross();
  const products: EnergyProducts = { source: 0, target: 0, cross: 0 };
  pairing.order.forEach((row, i) => {
    products.source += sourceEnergies[i] ** 2;
    products.target += targetEnergies[i] ** 2;
    products.cross += sourceEnergies[i] * targetEnergies[row];
  });
  const spread = { source: sumOfSquares(source.values), target: sumOfSquares(target.values), cross: sumOfSquares(cross.data) };
  return ckaOfSums(moments.count, { source: moments.source.energy, target: moments.target.energy }, spread, products);
}

function fitWarning({ moments, source }: PairedClouds): string | null {
  if (moments.count > source.rank + 1) return null;
  return `r2: ${moments.count} rows are no more than the source's ${source.rank} directions and a mean, which fit any target`;
}

async function mutual({ rows }: PairedClouds, scope: NeighbourScope, options: MeasureOptions): Promise<PreparedMeasure> {
  const { identities, neighbours, engine, signal } = options;
  const search = await prepareMutualNeighbours(rows, identities, {
    scope,
    neighbours: scope === "within" ? undefined : neighbours,
    engine,
    signal,
  });
  return { valueOf: (pairing) => Promise.resolve(search.valueOf(pairing.order)), warning: null };
}
