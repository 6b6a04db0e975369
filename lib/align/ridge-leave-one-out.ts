import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { startPace } from "../linalg/pace.js";
import { heldOutSource, type HeldOutSource, type LeftBlock } from "./held-out-source.js";
import type { MomentsOptions } from "./cloud.js";
import type { Moments } from "./moments.js";
import { checkRatios, lambdaOf, lambdaRatios, type RidgePathOptions } from "./ridge.js";
import { leastErrorMap, packLower, weighedOverlap, type RidgeErrorPath } from "./ridge-error-path.js";
import type { PairedRows } from "./rows.js";
import { spectralSolver } from "./spectral-solver.js";
import { checkTrain } from "./train-rows.js";

/**
 * Fit ridge with the penalty of least squared error when each training image in turn is left out and predicted from all others.
 *
 * It leaves out an image, not a person. Other images of the same person stay in, which leaks identity: the error is too low for
 * strangers, and the penalty can be too small. For numbers that are reported choose it by `fitRidgePath` or `fitRidgeFolds`.
 *
 * No fit is repeated: with e and h the residual and the leverage of a row, offset included, the error is e / (1 − h). It reads the rows
 * once, a block at a time. With S = U Λ^(½) Vᵀ and f = λ / (Λ + λ), e = r + (u ∘ f) UᵀT, r what U does not reach of the row, so that
 * neither e nor 1 − h is a small difference of large numbers where λ is small and rows are few. What does not see the target is kept as
 * long as the source rows and serves their other targets: ratios × rank² / 2 numbers, and U where it is not large.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @param train the rows that the moments were summed from, in any order that keeps pairs together.
 * @throws ShapeError when rows do not fit the moments; ValueError when all source rows are equal, a value is not finite, there are no
 * ratios, or one is not above zero.
 * @see Allen 1974, doi:10.1080/00401706.1974.10489157; Rifkin and Lippert 2007, MIT-CSAIL-TR-2007-025
 */
export async function fitRidgeLeaveOneOut(
  moments: Moments,
  train: PairedRows,
  { ratios = lambdaRatios, ...options }: RidgePathOptions,
): Promise<RidgeErrorPath> {
  checkRatios(ratios, "fitRidgeLeaveOneOut");
  checkTrain(moments, train, "fitRidgeLeaveOneOut");
  const lambdas = ratios.map((ratio) => lambdaOf(moments, ratio));
  const source = await heldOutSource(moments.source, train.source, lambdas, options);
  const { values, rank } = source.directions;
  const { projected } = await spectralSolver(moments, options);
  const along = matrix64(rank, projected.columns); // UᵀT
  for (let k = 0; k < along.data.length; k++) along.data[k] = projected.data[k] / Math.sqrt(values[Math.floor(k / along.columns)]);

  const errors = await reachedErrors(source, along, options);
  const fillsAll = rank === moments.count - 1;
  if (!fillsAll) await addRestErrorsInto(errors, { source, along, target: train.target, mean: moments.target.mean }, options);
  // A target value that is not finite makes every error that reads it so: only then is it looked for.
  if (fillsAll || !errors.every(Number.isFinite)) checkFinite(train.target, "fitRidgeLeaveOneOut: target");
  return leastErrorMap(moments, { ratios, errors }, { name: "ridge-leave-one-out", chosen: "by leave-one-out" }, options);
}

/** Σ w ‖(u ∘ f) UᵀT‖² over the rows, for each penalty. */
async function reachedErrors(
  { factors, spreads }: HeldOutSource,
  along: Matrix64,
  { engine, signal }: MomentsOptions,
): Promise<Float64Array> {
  const kernel = packLower(await engine.product(along, along, { transposeRight: true, signal }));
  const pace = startPace(signal);
  const errors = new Float64Array(spreads.length);
  for (const [l, spread] of spreads.entries()) {
    errors[l] = weighedOverlap(columnOf(factors, l), kernel, spread);
    if (pace.spend(2 * spread.length)) await pace.turn();
  }
  return errors;
}

interface RestOfTarget {
  readonly source: HeldOutSource;
  /** UᵀT, rank × q. */
  readonly along: Matrix64;
  /** n × q. */
  readonly target: Matrix32;
  readonly mean: Float64Array;
}

/** errors += Σ w (‖r‖² + 2 r · (u ∘ f) UᵀT) over the rows, r what U does not reach of the target row. */
async function addRestErrorsInto(
  errors: Float64Array,
  { source, along, target, mean }: RestOfTarget,
  options: MomentsOptions,
): Promise<void> {
  const { engine, signal } = options;
  const { factors, weights } = source;
  const pace = startPace(signal);
  for await (const block of source.leftBlocks(options)) {
    const left = block.columns;
    const rest = await engine.product(left, along, { transposeLeft: true, signal });
    const energies = restInto(rest, target, mean, block);
    const overlaps = await engine.product(along, rest, { transposeRight: true, signal });
    for (let k = 0; k < overlaps.data.length; k++) overlaps.data[k] *= left.data[k];
    const crossed = await engine.product(factors, overlaps, { transposeLeft: true, signal });
    for (let l = 0, k = 0; l < errors.length; l++) {
      let sum = 0;
      for (let i = block.first; i < block.last; i++, k++) {
        sum += weights.data[l * weights.columns + i] * (energies[i - block.first] + 2 * crossed.data[k]);
      }
      errors[l] += sum;
    }
    if (pace.spend(4 * rest.data.length)) await pace.turn();
  }
}

/** reached becomes T − reached, T the centred target rows of the block. @returns the energy of each row of it. */
function restInto(reached: Matrix64, { columns, data }: Matrix32, mean: Float64Array, { first, last }: LeftBlock): Float64Array {
  const energies = new Float64Array(last - first);
  const offset = first * columns;
  for (let i = 0, k = 0; i < energies.length; i++) {
    let energy = 0;
    for (let j = 0; j < columns; j++, k++) {
      const value = data[offset + k] - mean[j] - reached.data[k];
      reached.data[k] = value;
      energy += value * value;
    }
    energies[i] = energy;
  }
  return energies;
}

function columnOf({ rows, columns, data }: Matrix64, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + column]);
}
