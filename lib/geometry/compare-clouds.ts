import type { Moments } from "../align/moments.js";
import type { PairedRows } from "../align/rows.js";
import type { MomentsOptions } from "../align/cloud.js";
import { silent, type Progress } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { checkTrain } from "../align/train-rows.js";
import { calibrate, type Calibration } from "./calibrate.js";
import { preparePairing, type Pairing } from "./pairing.js";
import { createPermuter, type PermutationScheme } from "./permutations.js";
import { prepareMeasure, similarityMeasures, type PreparedMeasure, type SimilarityMeasure } from "./similarity-measures.js";

export interface CompareOptions extends MomentsOptions {
  readonly random: Random;
  /** @defaultValue all of `similarityMeasures` */
  readonly measures?: readonly SimilarityMeasure[];
  /** What the target's rows are permuted by. @defaultValue "rows" */
  readonly scheme?: PermutationScheme;
  /** @defaultValue 200 */
  readonly permutations?: number;
  /** The level of τ. @defaultValue 0.05 */
  readonly alpha?: number;
  /** k of mutual neighbours; within identities it is 1. @defaultValue 10 */
  readonly neighbours?: number;
  readonly progress?: Progress;
}

/** One measure of two clouds, calibrated. */
export interface SimilarityRow extends Calibration {
  readonly measure: SimilarityMeasure;
  readonly scheme: PermutationScheme;
  /** The measure of each permutation. */
  readonly draws: Float64Array;
  /** What makes the value say little; null when nothing is known. */
  readonly warning: string | null;
}

/**
 * Similarities of two paired clouds, each beside the same of permuted rows.
 *
 * Raw similarities grow with the width of the clouds, and are above 0 for unrelated ones; what is left after calibration does not, so only
 * calibrated values compare across pairs of networks. All measures see the same permutations. A permutation costs one product of the rows,
 * n × p × q, whatever the measures but neighbours, and one polar factor for each of `procrustes`, `cca` and `svcca`, one SVD for `pwcca`;
 * mutual neighbours are found once. At n = 3,000 and 512 columns on the onnx engine that is 0.1 s of processor time for a permutation, less
 * for neighbours alone, and a second or two more for each of the measures that take a matrix apart: choose `measures` accordingly.
 *
 * @param moments sums over n pairs.
 * @param rows the n pairs of rows that the moments were summed from. Mutual neighbours are by the cosine of these rows as they are.
 * @param identities the name of each pair's identity.
 * @returns one row a measure, in the order asked for.
 * @throws ShapeError when counts disagree; ValueError when a measure cannot be had of these rows (too few rows, one identity, nobody with
 * three rows), the scheme moves no row, or the permutations are too few for the level.
 * @see Gröger, Wen, Brbić 2026, arXiv 2602.14486, on calibration by permutation; Smilde et al. 2009, doi:10.1093/bioinformatics/btn634, on why raw values grow
 */
export async function compareClouds(
  moments: Moments,
  rows: PairedRows,
  identities: readonly string[],
  {
    engine,
    signal,
    random,
    measures = similarityMeasures,
    scheme = "rows",
    permutations = 200,
    alpha = 0.05,
    neighbours = 10,
    progress = silent,
  }: CompareOptions,
): Promise<SimilarityRow[]> {
  checkTrain(moments, rows, "compareClouds");
  if (identities.length !== moments.count) {
    throw new ShapeError(`compareClouds: got ${moments.count} pairs and ${identities.length} identities; pass the identity of every pair`);
  }
  if (!Number.isInteger(permutations) || permutations < 1) {
    throw new ValueError(`compareClouds: got ${permutations} permutations; give a whole number, such as 200`);
  }
  const options = { engine, signal };
  const permuter = createPermuter(identities, scheme);
  const pairing = await preparePairing(moments, rows, options);
  const prepared: PreparedMeasure[] = [];
  for (const measure of measures) prepared.push(await prepareMeasure(measure, pairing, { identities, neighbours, ...options }));

  const valuesOf = async (order: Int32Array): Promise<number[]> => {
    const paired: Pairing = pairing.under(order);
    const values: number[] = [];
    for (const { valueOf } of prepared) values.push(await valueOf(paired));
    return values;
  };
  const observed = await valuesOf(Int32Array.from({ length: identities.length }, (_, row) => row));
  const draws = measures.map(() => new Float64Array(permutations));
  for (let draw = 0; draw < permutations; draw++) {
    signal?.throwIfAborted();
    const values = await valuesOf(permuter.draw(random));
    values.forEach((value, m) => (draws[m][draw] = value));
    progress.update(draw + 1);
  }
  progress.end();
  return measures.map((measure, m) => ({
    measure,
    scheme,
    ...calibrate(observed[m], draws[m], alpha),
    draws: draws[m],
    warning: prepared[m].warning,
  }));
}
