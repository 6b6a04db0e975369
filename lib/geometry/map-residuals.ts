import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import type { AlignmentMap } from "../align/map.js";
import { centreRows, type PairedRows } from "../align/rows.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix64 } from "../core/matrix.js";
import { identityMeans, overallMean, spreadOfMeans } from "./identity-means.js";

/** What one identity contributes. */
export interface IdentityResidual {
  readonly identity: string;
  /** Rows. */
  readonly count: number;
  /** Σ ‖eᵢ‖² of its rows over that of all rows. */
  readonly share: number;
  /** Mean of ‖eᵢ‖² of its rows over that of all rows: above 1 where the map does worse than elsewhere. */
  readonly relative: number;
}

/** Where the residuals e = target − mapped of a map lie. */
export interface ResidualStructure {
  /** n ‖ē‖² / Σ ‖eᵢ‖²: what a better offset would take away. */
  readonly meanShare: number;
  /** Σ nₛ ‖ēₛ − ē‖² / Σ ‖eᵢ − ē‖² over identities s: what is common to the images of a person. */
  readonly betweenShare: number;
  /** What `betweenShare` is expected to be when residuals know nothing of identity: (S − 1)/(n − 1). */
  readonly betweenByChance: number;
  /** The largest share first. */
  readonly identities: readonly IdentityResidual[];
}

/**
 * Which identities carry what a map leaves unexplained, and how much of it is common to the images of a person.
 *
 * Residuals are taken where the map compares, about the training means. With few images of a person the share between identities is large
 * by chance alone: compare it with `betweenByChance`.
 *
 * @throws ShapeError when rows are not paired, not as wide as the map, or not as many as identities; ValueError when a value is not finite,
 * there is one identity only, or residuals do not differ.
 */
export async function residualByIdentity(
  map: AlignmentMap,
  { source, target }: PairedRows,
  identities: readonly string[],
  { engine, signal }: MomentsOptions,
): Promise<ResidualStructure> {
  if (source.rows !== target.rows || source.columns !== map.sourceDimension || target.columns !== map.targetDimension) {
    throw new ShapeError(
      `residualByIdentity: got rows of ${source.rows} × ${source.columns} and ${target.rows} × ${target.columns}; they must be paired and of widths ${map.sourceDimension} and ${map.targetDimension}`,
    );
  }
  checkFinite(source, "residualByIdentity: source");
  checkFinite(target, "residualByIdentity: target");
  const residuals = await residualRows(map, { source, target }, { engine, signal });
  const people = identityMeans(residuals, identities, "residualByIdentity");
  const { names, codes, counts } = people;
  if (names.length < 2)
    throw new ValueError(`residualByIdentity: got one identity, ${names[0]}; what lies between people needs at least two`);

  const { rows, columns, data } = residuals;
  const energies = new Float64Array(names.length);
  codes.forEach((place, i) => {
    for (let k = i * columns; k < (i + 1) * columns; k++) energies[place] += data[k] ** 2;
  });
  const energy = energies.reduce((sum, value) => sum + value, 0);
  const mean = overallMean(people);
  const ofMean = rows * mean.reduce((sum, value) => sum + value * value, 0);
  let variance = 0;
  data.forEach((value, k) => (variance += (value - mean[k % columns]) ** 2));
  const between = spreadOfMeans(people).data.reduce((sum, value) => sum + value * value, 0);
  if (!(variance > 1e-24 * energy)) {
    throw new ValueError(`residualByIdentity: the ${rows} residuals are all equal; there is no variance to divide among people`);
  }
  return {
    meanShare: ofMean / energy,
    betweenShare: between / variance,
    betweenByChance: (names.length - 1) / (rows - 1),
    identities: names
      .map((identity, place) => ({
        identity,
        count: counts[place],
        share: energies[place] / energy,
        relative: (energies[place] / counts[place]) * (rows / energy),
      }))
      .sort((one, other) => other.share - one.share || (one.identity < other.identity ? -1 : 1)),
  };
}

/** Target less mapped source, n × m, both where the map compares them and about the training means. */
async function residualRows(map: AlignmentMap, { source, target }: PairedRows, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  const { columns } = map.weights;
  const residuals = matrix64(source.rows, columns);
  for (let first = 0; first < source.rows; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, source.rows);
    const mapped = await engine.product(centreRows(source, map.sourceMean, first, last), map.weights, { signal });
    const centred = centreRows(target, map.targetMean, first, last);
    const wanted = map.targetWeights === null ? centred : await engine.product(centred, map.targetWeights, { signal });
    for (let k = 0; k < wanted.data.length; k++) residuals.data[first * columns + k] = wanted.data[k] - mapped.data[k];
  }
  return residuals;
}
