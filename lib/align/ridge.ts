import { ValueError } from "../core/errors.js";
import type { MomentsOptions } from "./cloud.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import { withTuneResidual } from "./measure-fit.js";
import type { Moments } from "./moments.js";
import { scanError, scanPenalties } from "./penalty-scan.js";
import { centreRows, type PairedRows } from "./rows.js";
import { explainedBy, shrunken, solveSpectral, spectralSolver, type SpectralSolver } from "./spectral-solver.js";
import { checkTune, meanCosine } from "./tune-rows.js";

/** λ as shares of tr(G)/p: 1e-10 … 1e2, two a decade. */
export const lambdaRatios: readonly number[] = Object.freeze(Array.from({ length: 25 }, (_, i) => 10 ** (i / 2 - 10)));

export interface RidgeOptions extends MomentsOptions {
  /** λ divided by tr(G)/p; above zero. */
  readonly ratio: number;
}

/**
 * Fit the affine map with the least penalised error on the training rows.
 *
 * Minimises ‖S W − T‖² + λ‖W‖² over p × q matrices, S and T centred: W = (G + λ I)⁻¹ SᵀT with G = SᵀS, directions of S below 1e-6
 * of the largest left out. The penalty is on the sum of squares, not on the mean; the offset is free.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all source rows are equal, or the ratio is not above zero.
 * @see Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634
 */
export async function fitRidge(moments: Moments, { ratio, ...options }: RidgeOptions): Promise<AlignmentMap> {
  checkRatio(ratio);
  return ridgeMap(moments, await spectralSolver(moments, options), { name: "ridge", ratio, chosen: "given" }, options);
}

export interface RidgePathOptions extends MomentsOptions {
  /** @defaultValue lambdaRatios */
  readonly ratios?: readonly number[];
}

export interface RidgePath {
  readonly map: AlignmentMap;
  /** One entry for each ratio: the mean centred cosine between mapped tune rows and their targets; to 1e-6 where it is not among the largest. */
  readonly path: readonly { readonly ratio: number; readonly cosine: number }[];
}

/**
 * Fit ridge with the penalty whose mapped tune rows lie closest to their targets: largest mean cosine, means of the training rows
 * taken off. Of equal penalties the first wins; a row without direction counts as cosine 0.
 *
 * One eigendecomposition of the source's Gram serves every penalty, and every other target of the source. Penalties are scanned in float32;
 * those within its error of the largest cosine are measured in float64, and one of them is chosen.
 *
 * @param tune rows of identities that are in neither the training nor the test part.
 * @throws ShapeError when tune rows do not fit the moments; ValueError when there are none, or a value is not finite, or a ratio is
 * not above zero.
 */
export async function fitRidgePath(
  moments: Moments,
  tune: PairedRows,
  { ratios = lambdaRatios, ...options }: RidgePathOptions,
): Promise<RidgePath> {
  checkTune(moments, tune, "fitRidgePath");
  checkRatios(ratios, "fitRidgePath");
  const { engine, signal } = options;
  const solver = await spectralSolver(moments, options);
  const centred = centreRows(tune.source, moments.source.mean, 0, tune.source.rows);
  const wanted = centreRows(tune.target, moments.target.mean, 0, tune.target.rows);
  const along = await engine.product(centred, solver.directions.vectors, { signal });
  const lambdas = ratios.map((ratio) => lambdaOf(moments, ratio));
  const cosines = await scanPenalties(solver, along, wanted, lambdas, options);
  const least = Math.max(...cosines) - 2 * scanError;
  for (const [i, lambda] of lambdas.entries()) {
    if (cosines[i] < least) continue;
    cosines[i] = meanCosine(await engine.product(along, shrunken(solver, lambda), { signal }), wanted);
  }
  const best = cosines.indexOf(Math.max(...cosines));
  const map = await ridgeMap(moments, solver, { name: "ridge", ratio: ratios[best], chosen: "by tune identities" }, options);
  return { map: await withTuneResidual(map, tune, options), path: ratios.map((ratio, i) => ({ ratio, cosine: cosines[i] })) };
}

/** A penalty and how it came about. */
export interface ChosenPenalty {
  /** What the map is called. */
  readonly name: string;
  readonly ratio: number;
  /** What follows "λ" in the map's objective. */
  readonly chosen: string;
}

/** The map of a penalty, from a solver that is at hand. */
export async function ridgeMap(
  moments: Moments,
  solver: SpectralSolver,
  { name, ratio, chosen }: ChosenPenalty,
  options: MomentsOptions,
): Promise<AlignmentMap> {
  const { rows: p, columns: q } = moments.cross;
  const lambda = lambdaOf(moments, ratio);
  let effectiveDf = 0;
  for (const value of solver.directions.values) effectiveDf += value / (value + lambda);
  return fittedMap(
    moments,
    {
      name,
      weights: await solveSpectral(solver, lambda, options),
      explained: explainedBy(solver, lambda),
      parameterCount: p * q + q,
      effectiveDf,
      rank: Math.min(solver.directions.rank, q),
      lambda,
      lambdaRatio: ratio,
      objective: `‖S W − T‖² + λ‖W‖², λ ${chosen}`,
    },
    options,
  );
}

/** λ of a ratio. */
export function lambdaOf({ source }: Moments, ratio: number): number {
  return (ratio * source.energy) / source.mean.length;
}

/** @throws ValueError when there is no ratio, or one is not above zero. */
export function checkRatios(ratios: readonly number[], caller: string): void {
  if (ratios.length === 0) throw new ValueError(`${caller}: got no ratios; pass at least one`);
  ratios.forEach(checkRatio);
}

function checkRatio(ratio: number): void {
  if (!(ratio > 0 && ratio < Infinity)) {
    throw new ValueError(`fitRidge: ratio is ${ratio}; it must be above zero and finite, so use fitLeastSquares for no penalty`);
  }
}
