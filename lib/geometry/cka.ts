import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import type { Moments } from "../align/moments.js";
import type { PairedRows } from "../align/rows.js";
import { streamMoments, type RowBlock } from "../align/stream-moments.js";
import { checkTrain } from "../align/train-rows.js";
import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { startPace } from "../linalg/pace.js";

/** Centred kernel alignment of two clouds with linear kernels. */
export interface LinearCka {
  /** ‖SᵀT‖² / (‖SᵀS‖ ‖TᵀT‖) of the centred rows, in [0, 1]; of independent clouds about d/n, not 0. */
  readonly biased: number;
  /** From unbiased estimates of its three terms: about 0 for independent clouds, and below 0 as often as above; 1 at most. */
  readonly debiased: number;
}

/** Sums over rows i of products of aᵢ = ‖sᵢ‖² and bᵢ = ‖tᵢ‖², rows being centred. */
export interface EnergyProducts {
  source: number;
  target: number;
  cross: number;
}

/**
 * Linear CKA of paired clouds, biased and debiased, without any n × n matrix: from the moments, and one more look at the rows.
 *
 * With K and L the kernel matrices less their diagonals, the debiased form takes each of its terms from
 * tr KL + 1ᵀK1 1ᵀL1/((n − 1)(n − 2)) − 2/(n − 2) 1ᵀKL1. Of centred rows tr KL = ‖SᵀT‖² − Σ aᵢbᵢ, 1ᵀK1 = −Σ aᵢ and 1ᵀKL1 = Σ aᵢbᵢ.
 * Invariant to rotation, shift and scale of either cloud, not to other linear maps.
 *
 * @param moments sums over n pairs.
 * @param rows the n pairs of rows that the moments were summed from.
 * @throws ShapeError when rows and moments disagree; ValueError when there are fewer than four pairs, or the rows of
 * a cloud are all equal, or all as far from each other.
 * @see Kornblith et al. 2019, arXiv 1905.00414; Song et al. 2012, JMLR 13:1393–1434, for the unbiased terms
 */
export async function linearCka(moments: Moments, rows: PairedRows, { signal }: Pick<MomentsOptions, "signal"> = {}): Promise<LinearCka> {
  checkTrain(moments, rows, "linearCka");
  const products: EnergyProducts = { source: 0, target: 0, cross: 0 };
  await addEnergiesInto(products, rows, moments, signal);
  return ckaOf(moments, products);
}

/**
 * Linear CKA of more pairs than memory holds, read three times from the first block on. Besides the sums one block is held at a time.
 *
 * @param read opens the rows anew at each call, in blocks as `streamMoments` takes them.
 * @throws as `streamMoments` and `linearCka` do.
 */
export async function streamCka(read: () => AsyncIterable<RowBlock>, options: MomentsOptions): Promise<LinearCka> {
  const moments = await streamMoments(read, options);
  const products: EnergyProducts = { source: 0, target: 0, cross: 0 };
  for await (const block of read()) await addEnergiesInto(products, block, moments, options.signal);
  return ckaOf(moments, products);
}

async function addEnergiesInto(
  products: EnergyProducts,
  { source, target }: PairedRows,
  moments: Moments,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pace = startPace(signal);
  for (let first = 0; first < source.rows; first += rowsPerBlock) {
    const block: EnergyProducts = { source: 0, target: 0, cross: 0 };
    const last = Math.min(first + rowsPerBlock, source.rows);
    for (let i = first; i < last; i++) {
      const a = squaredDistanceTo(moments.source.mean, source, i);
      const b = squaredDistanceTo(moments.target.mean, target, i);
      block.source += a * a;
      block.target += b * b;
      block.cross += a * b;
    }
    products.source += block.source;
    products.target += block.target;
    products.cross += block.cross;
    if (pace.spend((last - first) * (source.columns + target.columns))) await pace.turn();
  }
}

function squaredDistanceTo(mean: Float64Array, { columns, data }: Matrix32, row: number): number {
  let [even, odd] = [0, 0];
  let j = 0;
  for (let k = row * columns; j < columns - 1; j += 2, k += 2) {
    even += (data[k] - mean[j]) ** 2;
    odd += (data[k + 1] - mean[j + 1]) ** 2;
  }
  if (j < columns) even += (data[row * columns + j] - mean[j]) ** 2;
  return even + odd;
}

function ckaOf({ count, source, target, cross }: Moments, products: EnergyProducts): LinearCka {
  const squares = { source: sumOfSquares(source.gram.data), target: sumOfSquares(target.gram.data), cross: sumOfSquares(cross.data) };
  return ckaOfSums(count, { source: source.energy, target: target.energy }, squares, products);
}

/** What a term that is 0 may come to, as a share of the sum that it is left of. */
const rounding = 1e-12;

/**
 * @param traces Σ aᵢ and Σ bᵢ.
 * @param squares ‖SᵀS‖², ‖TᵀT‖² and ‖SᵀT‖².
 */
export function ckaOfSums(
  count: number,
  traces: { readonly source: number; readonly target: number },
  squares: EnergyProducts,
  products: EnergyProducts,
): LinearCka {
  if (count < 4) throw new ValueError(`linearCka: got ${count} pairs; the debiased form needs at least four`);
  const term = (square: number, product: number, first: number, second: number): number =>
    square - product + (first * second) / ((count - 1) * (count - 2)) - (2 * product) / (count - 2);
  const source = term(squares.source, products.source, traces.source, traces.source);
  const target = term(squares.target, products.target, traces.target, traces.target);
  if (!(source > rounding * squares.source && target > rounding * squares.target)) {
    throw new ValueError(
      `linearCka: of a cloud of ${count} rows the unbiased term is not above 0; give rows that are not all equal, nor all as far from each other`,
    );
  }
  return {
    biased: Math.min(1, squares.cross / Math.sqrt(squares.source * squares.target)),
    debiased: Math.min(1, term(squares.cross, products.cross, traces.source, traces.target) / Math.sqrt(source * target)),
  };
}

export function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return sum;
}
