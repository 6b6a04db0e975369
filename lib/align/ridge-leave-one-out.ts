import { checkFinite, mapValues, matrix32, matrix64, toFloat32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { largestMagnitude } from "../linalg/check.js";
import { startPace } from "../linalg/pace.js";
import type { MomentsOptions } from "./cloud.js";
import { fillsAll, measureErrors, restOf, type HeldOutPair } from "./held-out-pair.js";
import { heldOutSource, type RoundedBlock } from "./held-out-source.js";
import { leftBlocks, rowsPerLeftBlock } from "./left-directions.js";
import type { Moments } from "./moments.js";
import { checkRatios, lambdaOf, lambdaRatios, type RidgePathOptions } from "./ridge.js";
import { leastErrorMap, packLower, weighedOverlap, type RidgeErrorPath } from "./ridge-error-path.js";
import type { PairedRows } from "./rows.js";
import { spectralSolver } from "./spectral-solver.js";
import { checkTrain } from "./train-rows.js";

/** Interpolated weights and products in float32 put errors off by less than this share of themselves, where all rows weigh alike. */
const scanError = 2e-6;

/** So few rows do not even out what float32 rounds, and take no time in float64. */
const fewRows = 256;

/**
 * Fit ridge with the penalty of least squared error when each training image in turn is left out and predicted from all others.
 *
 * It leaves out an image, not a person. Other images of the same person stay in, which leaks identity: the error is too low for
 * strangers, and the penalty can be too small. For numbers that are reported choose it by `fitRidgePath` or `fitRidgeFolds`.
 *
 * No fit is repeated: with e and h the residual and the leverage of a row, offset included, the error is e / (1 − h). With
 * S = U Λ^(½) Vᵀ, e = t − (u ∘ Λ / (Λ + λ)) UᵀT, and all penalties' sums of squares come from one product over the rows, a block at a
 * time. Where they turn out to be small differences of large numbers, as where rows are few or the map is next to exact, they come from
 * e = r + (u ∘ λ / (Λ + λ)) UᵀT instead, r what U does not reach of the row, for two products more. What does not see the target is kept
 * as long as the source rows and serves their other targets: ratios × rank² / 2 numbers, and U where it is not large.
 *
 * All this is in float32, from U and r in float64, and errors are known to 2e-6 of themselves, times the mean weight (1 − h)⁻² over the
 * least where some rows weigh more. Those that are as near as that to the least are measured in float64, row by row, and one of their
 * penalties is chosen; so are all errors where rows are few.
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

  const pair = { source, along, target: train.target, mean: moments.target.mean };
  const isFilled = fillsAll(source);
  const isFew = moments.count <= fewRows;
  const all = [...ratios.keys()];
  const errors = isFew
    ? await measureErrors(pair, all, options)
    : ((isFilled ? null : await errorsByDifference(pair, options)) ?? (await errorsBySums(pair, options)));
  // A target value that is not finite makes every error that reads it so: only then is it looked for.
  if (isFilled || !errors.every(Number.isFinite)) checkFinite(train.target, "fitRidgeLeaveOneOut: target");
  const doubtful = Math.min(...errors) * (1 + 2 * scanError * source.inequality);
  const near = isFew ? [] : all.filter((l) => !(errors[l] > doubtful));
  if (near.length > 1) (await measureErrors(pair, near, options)).forEach((error, k) => (errors[near[k]] = error));
  return leastErrorMap(moments, { ratios, errors }, { name: "ridge-leave-one-out", chosen: "by leave-one-out" }, options);
}

/** Differences that are smaller than this share of what they are taken from have lost too many digits. */
const leastShare = 0.2;

/** Σ w (‖t‖² − 2 t · (u ∘ (1 − f)) UᵀT + ‖(u ∘ (1 − f)) UᵀT‖²) over the rows for each penalty; null where digits are lost. */
async function errorsByDifference(pair: HeldOutPair, options: MomentsOptions): Promise<Float64Array | null> {
  const { source } = pair;
  const factors = mapValues(source.factors, (share) => share - 1);
  const errors = await reachedErrors(factors, pair, options);
  const energies = new Float64Array(errors.length);
  const addOverlaps = overlapAdder(pair, factors, options);
  const centre = roundedCentring(pair);
  for await (const block of source.roundedBlocks(options)) await addOverlaps({ errors, energies }, block, centre(block.first, block.last));
  return errors.every((error, l) => error > leastShare * energies[l]) ? errors : null;
}

/** Σ w (‖r‖² + 2 r · (u ∘ f) UᵀT + ‖(u ∘ f) UᵀT‖²) over the rows for each penalty; r is zero where U fills all that rows can. */
async function errorsBySums(pair: HeldOutPair, options: MomentsOptions): Promise<Float64Array> {
  const { source } = pair;
  const errors = await reachedErrors(source.factors, pair, options);
  if (fillsAll(source)) return errors;
  const energies = new Float64Array(errors.length);
  const addOverlaps = overlapAdder(pair, source.factors, options);
  for await (const block of leftBlocks(source, options)) {
    const rest = await restOf(pair, block, options);
    const own = { rows: toFloat32(rest), energies: energiesOf(rest) };
    await addOverlaps({ errors, energies }, { ...block, columns: toFloat32(block.columns) }, own);
  }
  return errors;
}

/** Σ w ‖(u ∘ g) UᵀT‖² over the rows, for each penalty's factors g. */
async function reachedErrors(
  factors: Matrix64,
  { source: { spreads }, along }: HeldOutPair,
  { engine, signal }: MomentsOptions,
): Promise<Float64Array> {
  const kernel = packLower(await engine.gram(along, { ofRows: true, signal }));
  const pace = startPace(signal);
  const errors = new Float64Array(spreads.rows);
  for (let l = 0; l < spreads.rows; l++) {
    errors[l] = weighedOverlap(columnOf(factors, l), kernel, spreads.data.subarray(l * spreads.columns, (l + 1) * spreads.columns));
    if (pace.spend(2 * spreads.columns)) await pace.turn();
  }
  return errors;
}

/** Sums over the rows for each penalty, which blocks are added to. */
interface ErrorSums {
  readonly errors: Float64Array;
  /** Σ w ‖row‖². */
  readonly energies: Float64Array;
}

/** Rows of a block and their squared lengths. */
interface RowEnergies {
  /** Block × q. */
  readonly rows: Matrix32;
  readonly energies: Float64Array;
}

/** What adds Σ w (‖row‖² + 2 row · (u ∘ g) UᵀT) over the rows of a block to the errors, for each penalty's signed factors g. */
function overlapAdder(
  { source, along }: HeldOutPair,
  factors: Matrix64,
  { engine, signal }: MomentsOptions,
): (sums: ErrorSums, block: RoundedBlock, own: RowEnergies) => Promise<void> {
  const { weights } = source;
  const scale = largestMagnitude(along.data) || 1; // float32 does not hold every range
  const reached = toFloat32(mapValues(along, (value) => value / scale));
  const shares = toFloat32(factors);
  const scratch = new Float32Array(along.rows * rowsPerLeftBlock(source));
  return async ({ errors, energies }, { first, last, columns: left }, { rows, energies: own }) => {
    const overlaps = await engine.product(reached, rows, { transposeRight: true, into: scratch, signal });
    multiplyInto(overlaps.data, left.data);
    const crossed = await engine.product(shares, overlaps, { transposeLeft: true, signal });
    for (let l = 0, k = 0; l < errors.length; l++) {
      let [energy, overlap] = [0, 0];
      for (let i = first; i < last; i++, k++) {
        const weight = weights.data[l * weights.columns + i];
        energy += weight * own[i - first];
        overlap += weight * crossed.data[k];
      }
      energies[l] += energy;
      errors[l] += energy + 2 * scale * overlap;
    }
  };
}

/** product ∘= factor. */
function multiplyInto(product: Float32Array, factor: Float32Array): void {
  const count = product.length;
  let k = 0;
  for (; k < count - 3; k += 4) {
    product[k] *= factor[k];
    product[k + 1] *= factor[k + 1];
    product[k + 2] *= factor[k + 2];
    product[k + 3] *= factor[k + 3];
  }
  for (; k < count; k++) product[k] *= factor[k];
}

/** Target rows less their mean, rounded, in memory that the next call overwrites. */
function roundedCentring({ source, target: { columns, data }, mean }: HeldOutPair): (first: number, last: number) => RowEnergies {
  const scratch = new Float32Array(rowsPerLeftBlock(source) * columns);
  return (first, last) => {
    const energies = new Float64Array(last - first);
    const even = columns - (columns % 2);
    for (let i = 0; i < energies.length; i++) {
      const [to, from] = [i * columns, (first + i) * columns];
      let [energy, other] = [0, 0];
      for (let j = 0; j < even; j += 2) {
        const value = data[from + j] - mean[j];
        const next = data[from + j + 1] - mean[j + 1];
        scratch[to + j] = value;
        scratch[to + j + 1] = next;
        energy += value * value;
        other += next * next;
      }
      if (even < columns) {
        const value = data[from + even] - mean[even];
        scratch[to + even] = value;
        energy += value * value;
      }
      energies[i] = energy + other;
    }
    return { rows: matrix32(last - first, columns, scratch.subarray(0, (last - first) * columns)), energies };
  };
}

function energiesOf({ rows, columns, data }: Matrix64): Float64Array {
  const energies = new Float64Array(rows);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) energies[i] += data[k] * data[k];
  }
  return energies;
}

function columnOf({ rows, columns, data }: Matrix64, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + column]);
}
