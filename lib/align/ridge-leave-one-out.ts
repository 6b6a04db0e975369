import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { startPace } from "../linalg/pace.js";
import { heldOutSource, type HeldOutSource, type LeftBlock } from "./held-out-source.js";
import type { MomentsOptions } from "./cloud.js";
import type { Moments } from "./moments.js";
import { checkRatios, lambdaOf, lambdaRatios, type RidgePathOptions } from "./ridge.js";
import { leastErrorMap, packLower, weighedOverlap, type RidgeErrorPath } from "./ridge-error-path.js";
import { blockCentring, type PairedRows } from "./rows.js";
import { spectralSolver } from "./spectral-solver.js";
import { checkTrain } from "./train-rows.js";

/**
 * Fit ridge with the penalty of least squared error when each training image in turn is left out and predicted from all others.
 *
 * It leaves out an image, not a person. Other images of the same person stay in, which leaks identity: the error is too low for
 * strangers, and the penalty can be too small. For numbers that are reported choose it by `fitRidgePath` or `fitRidgeFolds`.
 *
 * No fit is repeated: with e and h the residual and the leverage of a row, offset included, the error is e / (1 − h). With
 * S = U Λ^(½) Vᵀ, e = t − (u ∘ Λ / (Λ + λ)) UᵀT, and all penalties' sums of squares come from one product over the rows, a block at a
 * time. Where they turn out to be small differences of large numbers, as where rows are few or the map is next to exact, they come from
 * e = r + (u ∘ λ / (Λ + λ)) UᵀT instead, r what U does not reach of the row, for one product more. What does not see the target is kept
 * as long as the source rows and serves their other targets: ratios × rank² / 2 numbers, and U where it is not large.
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
  const fillsAll = rank === moments.count - 1;
  const errors = (fillsAll ? null : await errorsByDifference(pair, options)) ?? (await errorsBySums(pair, options));
  // A target value that is not finite makes every error that reads it so: only then is it looked for.
  if (fillsAll || !errors.every(Number.isFinite)) checkFinite(train.target, "fitRidgeLeaveOneOut: target");
  return leastErrorMap(moments, { ratios, errors }, { name: "ridge-leave-one-out", chosen: "by leave-one-out" }, options);
}

/** Differences that are smaller than this share of what they are taken from have lost too many digits. */
const leastShare = 1e-4;

/** What errors are computed from: f = λ / (Λ + λ), w = (1 − h)⁻². */
interface HeldOutPair {
  readonly source: HeldOutSource;
  /** UᵀT, rank × q. */
  readonly along: Matrix64;
  /** n × q. */
  readonly target: Matrix32;
  readonly mean: Float64Array;
}

/** Σ w (‖t‖² − 2 t · (u ∘ (1 − f)) UᵀT + ‖(u ∘ (1 − f)) UᵀT‖²) over the rows for each penalty; null where digits are lost. */
async function errorsByDifference(pair: HeldOutPair, options: MomentsOptions): Promise<Float64Array | null> {
  const { source, along } = pair;
  const kept = matrix64(source.factors.rows, source.factors.columns);
  for (let k = 0; k < kept.data.length; k++) kept.data[k] = 1 - source.factors.data[k];
  const errors = await reachedErrors(kept, pair, options);
  const energies = new Float64Array(errors.length);
  const pace = startPace(options.signal);
  const centre = blockCentring(pair.target, pair.mean);
  const scratch = blockScratch(pair);
  for await (const block of source.leftBlocks(options)) {
    const centred = centre(block.first, block.last);
    await addOverlapsInto(
      errors,
      { block, rows: centred, factors: kept, sign: -1, along, weights: source.weights, energies, scratch },
      options,
    );
    if (pace.spend(4 * centred.data.length)) await pace.turn();
  }
  return errors.every((error, l) => error > leastShare * energies[l]) ? errors : null;
}

/** Σ w (‖r‖² + 2 r · (u ∘ f) UᵀT + ‖(u ∘ f) UᵀT‖²) over the rows for each penalty; r is zero where U fills all that rows can. */
async function errorsBySums(pair: HeldOutPair, options: MomentsOptions): Promise<Float64Array> {
  const { source, along } = pair;
  const { factors, weights } = source;
  const errors = await reachedErrors(factors, pair, options);
  if (factors.rows === weights.columns - 1) return errors;
  const energies = new Float64Array(errors.length);
  const pace = startPace(options.signal);
  const scratch = blockScratch(pair);
  for await (const block of source.leftBlocks(options)) {
    const rest = await options.engine.product(block.columns, along, { transposeLeft: true, signal: options.signal });
    turnIntoRest(rest, pair, block);
    await addOverlapsInto(errors, { block, rows: rest, factors, sign: 1, along, weights, energies, scratch }, options);
    if (pace.spend(4 * rest.data.length)) await pace.turn();
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

interface BlockOverlaps {
  readonly block: LeftBlock;
  /** Rows of the block, width q. */
  readonly rows: Matrix64;
  /** g, rank × L. */
  readonly factors: Matrix64;
  readonly sign: 1 | -1;
  readonly along: Matrix64;
  readonly weights: Matrix64;
  /** Σ w ‖row‖² of each penalty, which is added to. */
  readonly energies: Float64Array;
  /** rank × rows of a block. */
  readonly scratch: Float64Array;
}

/** errors += Σ w (‖row‖² + 2 sign · row · (u ∘ g) UᵀT) over the rows of a block. */
async function addOverlapsInto(
  errors: Float64Array,
  { block: { first, last, columns: left }, rows, factors, sign, along, weights, energies, scratch }: BlockOverlaps,
  { engine, signal }: MomentsOptions,
): Promise<void> {
  const overlaps = await engine.product(along, rows, { transposeRight: true, into: scratch, signal });
  multiplyInto(overlaps.data, left.data);
  const crossed = await engine.product(factors, overlaps, { transposeLeft: true, signal });
  const own = energiesOf(rows);
  for (let l = 0, k = 0; l < errors.length; l++) {
    let energy = 0;
    let overlap = 0;
    for (let i = first; i < last; i++, k++) {
      const weight = weights.data[l * weights.columns + i];
      energy += weight * own[i - first];
      overlap += weight * crossed.data[k];
    }
    energies[l] += energy;
    errors[l] += energy + 2 * sign * overlap;
  }
}

/** What U reaches of the target rows becomes what it does not reach. */
function turnIntoRest(reached: Matrix64, { target: { columns, data }, mean }: HeldOutPair, { first, last }: LeftBlock): void {
  const offset = first * columns;
  for (let i = 0, k = 0; i < last - first; i++) {
    for (let j = 0; j < columns; j++, k++) reached.data[k] = data[offset + k] - mean[j] - reached.data[k];
  }
}

function blockScratch({ along, source }: HeldOutPair): Float64Array {
  return new Float64Array(along.rows * source.rowsPerLeftBlock);
}

/** product ∘= factor. */
function multiplyInto(product: Float64Array, factor: Float64Array): void {
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

function energiesOf({ rows, columns, data }: Matrix64): Float64Array {
  const energies = new Float64Array(rows);
  for (let i = 0, k = 0; i < rows; i++) {
    let [even, odd] = [0, 0];
    const end = k + columns;
    for (; k < end - 1; k += 2) {
      even += data[k] * data[k];
      odd += data[k + 1] * data[k + 1];
    }
    if (k < end) even += data[k] * data[k++];
    energies[i] = even + odd;
  }
  return energies;
}

function columnOf({ rows, columns, data }: Matrix64, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + column]);
}
