import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "./cloud.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { centreRows } from "./rows.js";
import { shrunken, solveSpectral, spectralSolver, type SpectralSolver } from "./spectral-solver.js";

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
  return ridgeMap(moments, await spectralSolver(moments, options), ratio, options);
}

/** Paired rows that a penalty is chosen by, of identities that are in neither the training nor the test part. */
export interface TuneRows {
  /** m × p. */
  readonly source: Matrix32;
  /** m × q. */
  readonly target: Matrix32;
}

export interface RidgePathOptions extends MomentsOptions {
  /** @defaultValue lambdaRatios */
  readonly ratios?: readonly number[];
}

export interface RidgePath {
  readonly map: AlignmentMap;
  /** One entry for each ratio: the mean centred cosine between mapped tune rows and their targets. */
  readonly path: readonly { readonly ratio: number; readonly cosine: number }[];
}

/**
 * Fit ridge with the penalty whose mapped tune rows lie closest to their targets: largest mean cosine, means of the training rows
 * taken off. Of equal penalties the first wins; a row without direction counts as cosine 0.
 *
 * One eigendecomposition of the source's Gram serves every penalty, and every other target of the source.
 *
 * @throws ShapeError when tune rows do not fit the moments; ValueError when there are none, or a value is not finite, or a ratio is
 * not above zero.
 */
export async function fitRidgePath(
  moments: Moments,
  tune: TuneRows,
  { ratios = lambdaRatios, ...options }: RidgePathOptions,
): Promise<RidgePath> {
  checkTune(moments, tune);
  if (ratios.length === 0) throw new ValueError("fitRidgePath: got no ratios; pass at least one");
  ratios.forEach(checkRatio);
  const { engine, signal } = options;
  const solver = await spectralSolver(moments, options);
  const centred = centreRows(tune.source, moments.source.mean, 0, tune.source.rows);
  const wanted = centreRows(tune.target, moments.target.mean, 0, tune.target.rows);
  const along = await engine.product(centred, solver.directions.vectors, { signal });
  const path: { ratio: number; cosine: number }[] = [];
  for (const ratio of ratios) {
    const mapped = await engine.product(along, shrunken(solver, lambdaOf(moments, ratio)), { signal });
    path.push({ ratio, cosine: meanCosine(mapped, wanted) });
  }
  const best = path.reduce((chosen, entry) => (entry.cosine > chosen.cosine ? entry : chosen));
  return { map: await ridgeMap(moments, solver, best.ratio, options), path };
}

async function ridgeMap(moments: Moments, solver: SpectralSolver, ratio: number, options: MomentsOptions): Promise<AlignmentMap> {
  const { rows: p, columns: q } = moments.cross;
  const lambda = lambdaOf(moments, ratio);
  let effectiveDf = 0;
  for (const value of solver.directions.values) effectiveDf += value / (value + lambda);
  return affineMap(moments, {
    name: "ridge",
    weights: await solveSpectral(solver, lambda, options),
    parameterCount: p * q + q,
    effectiveDf,
    rank: Math.min(solver.directions.rank, q),
    lambda,
    lambdaRatio: ratio,
    engine: options.engine.name,
    objective: "‖S W − T‖² + λ‖W‖²",
  });
}

function lambdaOf({ source }: Moments, ratio: number): number {
  return (ratio * source.energy) / source.mean.length;
}

function meanCosine(mapped: Matrix64, wanted: Matrix64): number {
  const { rows, columns } = wanted;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    let mappedEnergy = 0;
    let wantedEnergy = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) {
      dot += mapped.data[k] * wanted.data[k];
      mappedEnergy += mapped.data[k] * mapped.data[k];
      wantedEnergy += wanted.data[k] * wanted.data[k];
    }
    const norms = Math.sqrt(mappedEnergy) * Math.sqrt(wantedEnergy);
    if (norms > 0) sum += dot / norms;
  }
  return sum / rows;
}

function checkRatio(ratio: number): void {
  if (!(ratio > 0 && ratio < Infinity)) {
    throw new ValueError(`fitRidge: ratio is ${ratio}; it must be above zero and finite, so use fitLeastSquares for no penalty`);
  }
}

function checkTune({ cross }: Moments, { source, target }: TuneRows): void {
  if (source.rows !== target.rows || source.columns !== cross.rows || target.columns !== cross.columns) {
    throw new ShapeError(
      `fitRidgePath: got tune rows of ${source.rows} × ${source.columns} and ${target.rows} × ${target.columns}; they must be paired and of widths ${cross.rows} and ${cross.columns}`,
    );
  }
  if (source.rows === 0) throw new ValueError("fitRidgePath: got no tune rows; pass rows of identities outside the training part");
  checkFinite(source, "fitRidgePath");
  checkFinite(target, "fitRidgePath");
}
