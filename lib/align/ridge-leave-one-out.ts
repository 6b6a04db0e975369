import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";
import type { Engine } from "../linalg/engine.js";
import { rowsPerBlock, type CloudMoments, type MomentsOptions } from "./cloud.js";
import { liveDirections, type LiveDirections } from "./live-directions.js";
import type { Moments } from "./moments.js";
import { checkRatios, lambdaOf, lambdaRatios, type RidgePathOptions } from "./ridge.js";
import { leastErrorMap, packLower, weighedOverlap, type RidgeErrorPath } from "./ridge-error-path.js";
import { centreRows, type PairedRows } from "./rows.js";
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
 * neither e nor 1 − h is a small difference of large numbers where λ is small and rows are few. The sums over U that do not see the
 * target are kept as long as the source rows and serve their other targets: ratios × rank² / 2 numbers.
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
  checkFinite(train.source, "fitRidgeLeaveOneOut: source");
  checkFinite(train.target, "fitRidgeLeaveOneOut: target");
  const { engine, signal } = options;
  const { directions, projected } = await spectralSolver(moments, options);
  const fits = await sourceFits(moments, train.source, ratios, options);
  const along = matrix64(
    projected.rows,
    projected.columns,
    projected.data.map((value, k) => value / Math.sqrt(directions.values[Math.floor(k / projected.columns)])),
  ); // UᵀT
  const kernel = packLower(await engine.product(along, along, { transposeRight: true, signal }));
  const errors = Float64Array.from(ratios, (_, l) => weighedOverlap(columnOf(fits.factors, l), kernel, fits.spreads[l]));

  const fillsAll = directions.rank === moments.count - 1;
  for (let first = 0; first < moments.count && !fillsAll; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, moments.count);
    const left = await leftVectors(train.source, moments.source, directions, { first, last }, options);
    const rest = centreRows(train.target, moments.target.mean, first, last);
    const reached = await engine.product(left, along, { signal });
    for (let k = 0; k < rest.data.length; k++) rest.data[k] -= reached.data[k];
    const overlaps = await engine.product(rest, along, { transposeRight: true, signal });
    for (let k = 0; k < overlaps.data.length; k++) overlaps.data[k] *= left.data[k];
    const crossed = await engine.product(overlaps, fits.factors, { signal });
    const weights = fits.weights.data.subarray(first * ratios.length, last * ratios.length);
    for (let i = 0, k = 0; i < last - first; i++) {
      const energy = energyOf(rest, i);
      for (let l = 0; l < ratios.length; l++, k++) errors[l] += weights[k] * (energy + 2 * crossed.data[k]);
    }
  }
  return leastErrorMap(moments, { ratios, errors }, { name: "ridge-leave-one-out", chosen: "by leave-one-out" }, options);
}

/** What leaving out one row at a time does to the source alone, for each ratio l. */
interface SourceFits {
  readonly ratios: readonly number[];
  readonly cloud: CloudMoments;
  readonly engine: Engine;
  /** λ / (Λ + λ), rank × ratios. */
  readonly factors: Matrix64;
  /** (1 − h)⁻², n × ratios. */
  readonly weights: Matrix64;
  /** Uᵀ diag(weights) U, packed. */
  readonly spreads: readonly Float64Array[];
}

const known = new WeakMap<Matrix32, SourceFits>();

async function sourceFits(moments: Moments, source: Matrix32, ratios: readonly number[], options: MomentsOptions): Promise<SourceFits> {
  const { engine } = options;
  const found = known.get(source);
  if (found?.cloud === moments.source && found.engine === engine && sameNumbers(found.ratios, ratios)) return found;

  const directions = await liveDirections(moments.source, options);
  const { rank, values } = directions;
  const factors = matrix64(rank, ratios.length);
  ratios.forEach((ratio, l) => {
    const lambda = lambdaOf(moments, ratio);
    values.forEach((value, j) => (factors.data[j * ratios.length + l] = lambda / (value + lambda)));
  });
  const weights = matrix64(moments.count, ratios.length);
  const spreads = ratios.map(() => new Float64Array((rank * (rank + 1)) / 2));
  for (let first = 0; first < moments.count; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, moments.count);
    const left = await leftVectors(source, moments.source, directions, { first, last }, options);
    const block = await leverageWeights(left, factors, moments.count, options);
    weights.data.set(block.data, first * ratios.length);
    for (let l = 0; l < ratios.length; l++) {
      addInto(spreads[l], packLower(await engine.gram(scaleRows(left, columnOf(block, l).map(Math.sqrt)), options)));
    }
  }
  const fits = { ratios, cloud: moments.source, engine, factors, weights, spreads };
  known.set(source, fits);
  return fits;
}

/** (1 − h)⁻² of rows: 1 − h = (1 − 1/n − Σ u²) + Σ u² f, whose first part is zero where U fills all that centred rows can. */
async function leverageWeights(left: Matrix64, factors: Matrix64, count: number, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  const squares = matrix64(
    left.rows,
    left.columns,
    left.data.map((value) => value * value),
  );
  const weights = await engine.product(squares, factors, { signal });
  const fillsAll = left.columns === count - 1;
  for (let i = 0; i < left.rows; i++) {
    const unreached = fillsAll ? 0 : Math.max(0, 1 - 1 / count - energyOf(left, i));
    for (let k = i * factors.columns; k < (i + 1) * factors.columns; k++) weights.data[k] = (unreached + weights.data[k]) ** -2;
  }
  return weights;
}

/** Rows `first` to `last` − 1 of U = S V Λ^(−½). */
async function leftVectors(
  source: Matrix32,
  { mean }: CloudMoments,
  { vectors, values, rank }: LiveDirections,
  { first, last }: { readonly first: number; readonly last: number },
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const left = await engine.product(centreRows(source, mean, first, last), vectors, { signal });
  for (let k = 0; k < left.data.length; k++) left.data[k] /= Math.sqrt(values[k % rank]);
  return left;
}

function scaleRows({ rows, columns, data }: Matrix64, factors: Float64Array): Matrix64 {
  const scaled = matrix64(rows, columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) scaled.data[k] = factors[i] * data[k];
  }
  return scaled;
}

function columnOf({ rows, columns, data }: Matrix64, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + column]);
}

function energyOf({ columns, data }: Matrix64, row: number): number {
  let energy = 0;
  for (let k = row * columns; k < (row + 1) * columns; k++) energy += data[k] * data[k];
  return energy;
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
