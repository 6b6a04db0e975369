import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { firstColumns, numericalRank } from "../linalg/singular-directions.js";
import type { MomentsOptions } from "./cloud.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import { withTuneResidual } from "./measure-fit.js";
import type { Moments } from "./moments.js";
import { centreRows, type PairedRows } from "./rows.js";
import { shrunken, spectralSolver } from "./spectral-solver.js";
import { checkTune } from "./tune-rows.js";

export interface LowRankOptions extends MomentsOptions {
  /** From 1 to the rank of least squares. */
  readonly rank: number;
}

/**
 * Fit the affine map of at most a given rank with the least squared error on the training rows: reduced-rank regression.
 *
 * Minimises ‖S W − T‖² over p × q matrices of rank r, S and T centred: W = B Q_r Q_rᵀ with B of least squares and Q_r the first r right
 * singular vectors of S B. Directions of S below 1e-6 of the largest are left out.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all source rows are equal, the pairs are unrelated, or there is no map of that rank.
 * @see Izenman 1975, doi:10.1016/0047-259X(75)90042-1
 */
export async function fitLowRank(moments: Moments, { rank, ...options }: LowRankOptions): Promise<AlignmentMap> {
  return lowRankMap(moments, await reduce(moments, options), rank, options);
}

export interface LowRankPath {
  readonly map: AlignmentMap;
  /** One entry for each rank from 1 on: the mean centred cosine between mapped tune rows and their targets. */
  readonly path: readonly { readonly rank: number; readonly cosine: number }[];
}

/**
 * Fit the map of the rank whose mapped tune rows lie closest to their targets: largest mean cosine, means of the training rows taken
 * off. Of equal ranks the smaller wins; a row without direction counts as cosine 0. All ranks come from one factorisation.
 *
 * @param tune rows of identities that are in neither the training nor the test part.
 * @throws ShapeError when tune rows do not fit the moments; ValueError as fitLowRank does, or when there are none or a value is not finite.
 */
export async function fitLowRankPath(moments: Moments, tune: PairedRows, options: MomentsOptions): Promise<LowRankPath> {
  checkTune(moments, tune, "fitLowRankPath");
  const { engine, signal } = options;
  const reduced = await reduce(moments, options);
  const centred = centreRows(tune.source, moments.source.mean, 0, tune.source.rows);
  const wanted = centreRows(tune.target, moments.target.mean, 0, tune.target.rows);
  const live = await engine.product(centred, reduced.directions, { signal });
  const along = await engine.product(live, reduced.scores, { signal });
  const wantedAlong = await engine.product(wanted, reduced.right, { signal });
  const path = Array.from(cosinesByRank(along, wantedAlong, wanted), (cosine, i) => ({ rank: i + 1, cosine }));
  const best = path.reduce((chosen, entry) => (entry.cosine > chosen.cosine ? entry : chosen));
  return { map: await withTuneResidual(await lowRankMap(moments, reduced, best.rank, options), tune, options), path };
}

/** B = V · scores · Qᵀ of least squares, with V the live directions of the source. */
interface Reduced {
  /** V, p × k. */
  readonly directions: Matrix64;
  /** Vᵀ B Q, k × s, most explained first. */
  readonly scores: Matrix64;
  /** Q, q × s. */
  readonly right: Matrix64;
}

async function reduce(moments: Moments, options: MomentsOptions): Promise<Reduced> {
  const { engine, signal } = options;
  const solver = await spectralSolver(moments, options);
  const weights = shrunken(solver, 0);
  const { values, vectors } = solver.directions;
  const fitted = weights.data.map((value, i) => value * Math.sqrt(values[Math.floor(i / weights.columns)]));
  const svd = await engine.svd(matrix64(weights.rows, weights.columns, fitted), { signal });
  const size = numericalRank(svd.values, 1e-12);
  if (size === 0) {
    throw new ValueError(`fitLowRank: the cross-Gram of ${moments.count} pairs is zero; source and target rows must be paired and differ`);
  }
  const right = firstColumns(svd.right, size);
  return { directions: vectors, scores: await engine.product(weights, right, { signal }), right };
}

async function lowRankMap(
  moments: Moments,
  { directions, scores, right }: Reduced,
  rank: number,
  options: MomentsOptions,
): Promise<AlignmentMap> {
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= right.columns)) {
    throw new ValueError(`fitLowRank: rank is ${rank}; it must be a whole number from 1 to ${right.columns}, the rank of least squares`);
  }
  const { engine, signal } = options;
  const { rows: p, columns: q } = moments.cross;
  const live = await engine.product(firstColumns(scores, rank), firstColumns(right, rank), { transposeRight: true, signal });
  return fittedMap(
    moments,
    {
      name: "low-rank",
      weights: await engine.product(directions, live, { signal }),
      parameterCount: rank * (p + q - rank) + q,
      rank,
      objective: `‖S W − T‖², rank ${rank}`,
    },
    options,
  );
}

/** Entry r − 1: the mean over rows of the cosine between the first r entries of `along` and the whole target. */
function cosinesByRank(along: Matrix64, wantedAlong: Matrix64, wanted: Matrix64): Float64Array {
  const { rows, columns: size } = along;
  const means = new Float64Array(size);
  for (let i = 0; i < rows; i++) {
    let wantedEnergy = 0;
    for (let j = 0; j < wanted.columns; j++) wantedEnergy += wanted.data[i * wanted.columns + j] ** 2;
    let dot = 0;
    let energy = 0;
    for (let r = 0; r < size; r++) {
      const value = along.data[i * size + r];
      dot += value * wantedAlong.data[i * size + r];
      energy += value * value;
      const norms = Math.sqrt(energy) * Math.sqrt(wantedEnergy);
      if (norms > 0) means[r] += dot / norms / rows;
    }
  }
  return means;
}
