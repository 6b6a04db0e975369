import { ValueError } from "../core/errors.js";
import type { MomentsOptions } from "./cloud.js";
import { subtractMoments } from "./moment-sums.js";
import type { Moments } from "./moments.js";
import { plusOuter } from "./origin.js";
import { checkRatios, lambdaOf, lambdaRatios, type RidgePathOptions } from "./ridge.js";
import { leastErrorMap, packLower, weighedOverlap, type RidgeErrorPath } from "./ridge-error-path.js";
import { spectralSolver } from "./spectral-solver.js";

/**
 * Fit ridge with the penalty of least squared error when each fold of identities in turn is left out and predicted from all others.
 *
 * The rows are not read again: the others are the whole less the fold, and the error on the fold is a sum over its moments, ‖Sᶠ W − Tᶠ‖² =
 * tr(WᵀGᶠW) − 2 tr(WᵀCᶠ) + ‖Tᶠ‖², about the means of the others. One eigendecomposition a fold serves every penalty. A ratio stands for
 * its share of tr(G)/p of what is fitted, so for a λ that is smaller while a fold is out.
 *
 * @param moments sums over all training pairs, source width p, target width q; the map is fitted on them.
 * @param folds the same pairs in parts, nobody in two: see `computeFolds`.
 * @throws ValueError when the folds are not parts of the whole, the source rows of what is left are all equal, there are no ratios, or
 * one is not above zero. ShapeError when widths disagree.
 */
export async function fitRidgeFolds(
  moments: Moments,
  folds: readonly Moments[],
  { ratios = lambdaRatios, ...options }: RidgePathOptions,
): Promise<RidgeErrorPath> {
  checkRatios(ratios, "fitRidgeFolds");
  checkFolds(moments, folds);
  const errors = new Float64Array(ratios.length);
  for (const fold of folds) {
    const foldErrors = await heldOutErrors(subtractMoments(moments, fold), fold, ratios, options);
    for (let l = 0; l < ratios.length; l++) errors[l] += foldErrors[l];
  }
  return leastErrorMap(moments, { ratios, errors }, { name: "ridge-folds", chosen: `by ${folds.length} folds of identities` }, options);
}

/** The squared error on the pairs of `held` of ridge fitted to `rest`, for each ratio. */
async function heldOutErrors(rest: Moments, held: Moments, ratios: readonly number[], options: MomentsOptions): Promise<number[]> {
  const { engine, signal } = options;
  const sourceGap = held.source.mean.map((value, j) => value - rest.source.mean[j]);
  const targetGap = held.target.mean.map((value, j) => value - rest.target.mean[j]);
  const gram = plusOuter(held.source.gram, held.count, sourceGap, sourceGap);
  const cross = plusOuter(held.cross, held.count, sourceGap, targetGap);
  const energy = held.target.energy + held.count * targetGap.reduce((sum, value) => sum + value * value, 0);

  const { directions, projected } = await spectralSolver(rest, options);
  const { vectors, values } = directions;
  const half = await engine.product(vectors, gram, { transposeLeft: true, signal });
  const spread = packLower(await engine.product(half, vectors, { signal })); // VᵀGᶠV
  const kernel = packLower(await engine.gram(projected, { ofRows: true, signal }));
  const heldCross = await engine.product(vectors, cross, { transposeLeft: true, signal });
  const overlaps = new Float64Array(values.length);
  heldCross.data.forEach((value, k) => (overlaps[Math.floor(k / heldCross.columns)] += value * projected.data[k]));
  return ratios.map((ratio) => {
    const factors = values.map((value) => 1 / (value + lambdaOf(rest, ratio)));
    const along = factors.reduce((sum, factor, j) => sum + factor * overlaps[j], 0);
    return energy - 2 * along + weighedOverlap(factors, kernel, spread);
  });
}

/** Sums cannot show whose they are, but counts and names can. */
function checkFolds(moments: Moments, folds: readonly Moments[]): void {
  const count = folds.reduce((sum, fold) => sum + fold.count, 0);
  const names = folds.flatMap((fold) => [...fold.identities]);
  if (folds.length < 2 || count !== moments.count || names.length !== moments.identities.size || new Set(names).size !== names.length) {
    throw new ValueError(
      `fitRidgeFolds: got ${folds.length} folds with ${count} pairs of ${names.length} people, and ${moments.count} pairs of ${moments.identities.size} people in all; pass at least two folds that add up, nobody in two`,
    );
  }
}
