import type { MomentsOptions } from "../align/cloud.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, takeRows, type Matrix32 } from "../core/matrix.js";
import { permutation, type Random } from "../core/random.js";
import { distinctRows } from "./distinct-rows.js";
import { identityBlocks } from "./permutations.js";
import { estimateDimension, type IntrinsicDimension } from "./two-nn.js";

/**
 * One row of every identity, drawn at random, in row order: points that are independent where people are.
 *
 * @param identities the name of each row's identity.
 */
export function oneRowPerIdentity(identities: readonly string[], random: Random): Int32Array {
  return Int32Array.from(identityBlocks(identities), (own) => own[random.integer(own.length)]).sort();
}

export interface DimensionByCountOptions extends MomentsOptions {
  readonly random: Random;
  /** Halve no further than to parts of this many rows. @defaultValue 100 */
  readonly leastCount?: number;
  /** The most parts that are estimated at one halving. @defaultValue 8 */
  readonly partCount?: number;
  /** When given, one row of every identity is drawn first. */
  readonly identities?: readonly string[] | undefined;
}

/** Mean and standard deviation of the estimates of parts of a cloud that have as many rows. */
export interface DimensionAtCount {
  /** Rows of a part: N/2ᵏ. */
  readonly count: number;
  readonly partCount: number;
  readonly likelihood: number;
  readonly regression: number;
  /** Of `likelihood` among the parts; 0 of one part. */
  readonly likelihoodDeviation: number;
  readonly regressionDeviation: number;
}

/**
 * The intrinsic dimension of random parts of a cloud, of N, N/2, N/4, … distinct rows.
 *
 * Fewer points look at the cloud from farther off. Only a value that stays over several halvings is a dimension of the cloud; one that
 * falls is an effect of the sample, and one that rises with the count, of noise. The parts of one halving have no row in common.
 *
 * @param rows n × d.
 * @throws ShapeError when there is not one identity a row; ValueError as `estimateDimension`, or when a bound is not a whole number
 * of at least 3 (`leastCount`) or 1 (`partCount`).
 * @see Facco et al. 2017, doi:10.1038/s41598-017-11873-y, on subsamples
 */
export async function dimensionByCount(
  rows: Matrix32,
  { random, leastCount = 100, partCount = 8, identities, ...options }: DimensionByCountOptions,
): Promise<DimensionAtCount[]> {
  checkBounds(leastCount, partCount);
  if (identities !== undefined && identities.length !== rows.rows) {
    throw new ShapeError(`dimensionByCount: got ${rows.rows} rows and ${identities.length} identities; pass the identity of every row`);
  }
  const independent = identities === undefined ? rows : takeRows(rows, oneRowPerIdentity(identities, random));
  checkFinite(independent, "dimensionByCount");
  const rowsLeft = distinctRows(independent);
  const distinct = permutation(rowsLeft.length, random).map((place) => rowsLeft[place]);
  const levels: DimensionAtCount[] = [];
  for (let halving = 0; halving === 0 || Math.floor(distinct.length / 2 ** halving) >= leastCount; halving++) {
    const count = Math.floor(distinct.length / 2 ** halving);
    const parts: IntrinsicDimension[] = [];
    for (let part = 0; part < Math.min(partCount, 2 ** halving); part++) {
      const own = distinct.slice(part * count, (part + 1) * count).sort();
      parts.push(await estimateDimension(takeRows(independent, own), options));
    }
    const likelihood = meanAndDeviation(parts.map((part) => part.likelihood));
    const regression = meanAndDeviation(parts.map((part) => part.regression));
    levels.push({
      count,
      partCount: parts.length,
      likelihood: likelihood.mean,
      regression: regression.mean,
      likelihoodDeviation: likelihood.deviation,
      regressionDeviation: regression.deviation,
    });
  }
  return levels;
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

function checkBounds(leastCount: number, partCount: number): void {
  if (!Number.isInteger(leastCount) || leastCount < 3) {
    throw new ValueError(`dimensionByCount: leastCount is ${leastCount}; it must be a whole number of rows, at least 3`);
  }
  if (!Number.isInteger(partCount) || partCount < 1) {
    throw new ValueError(`dimensionByCount: partCount is ${partCount}; it must be a whole number of parts, at least 1`);
  }
}
