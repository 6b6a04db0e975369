import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import { liveDirections, type LiveDirections } from "../align/live-directions.js";
import type { LiveCross } from "../align/live-cross.js";
import type { Moments } from "../align/moments.js";
import { centreRows, type PairedRows } from "../align/rows.js";
import { matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";

/** Two clouds of n rows, the second of which can be put in any order. */
export interface PairedClouds {
  readonly moments: Moments;
  readonly rows: PairedRows;
  readonly source: LiveDirections;
  readonly target: LiveDirections;
  /** Squared length of each centred row. */
  readonly sourceEnergies: Float64Array;
  readonly targetEnergies: Float64Array;
  /** The clouds with source row i paired with target row order[i]. */
  under(order: Int32Array): Pairing;
}

/** One pairing of the rows of two clouds. */
export interface Pairing {
  readonly order: Int32Array;
  /** The cross-Gram in the directions that the clouds fill; computed once, when it is first asked for. */
  cross(): Promise<LiveCross>;
}

/** Turn both clouds into the directions that they fill, where a pairing costs one product. @throws ValueError when a cloud has no extent. */
export async function preparePairing(moments: Moments, rows: PairedRows, options: MomentsOptions): Promise<PairedClouds> {
  const source = await liveDirections(moments.source, options);
  const target = await liveDirections(moments.target, options);
  const sourceRows = await turnedRows(rows.source, moments.source.mean, source, options);
  const targetRows = await turnedRows(rows.target, moments.target.mean, target, options);
  return {
    moments,
    rows,
    source,
    target,
    sourceEnergies: rowEnergies(sourceRows),
    targetEnergies: rowEnergies(targetRows),
    under(order): Pairing {
      let known: Promise<LiveCross> | null = null;
      return {
        order,
        cross: () => (known ??= crossUnder(sourceRows, targetRows, order, options).then((cross) => ({ source, target, cross }))),
      };
    },
  };
}

/** The centred rows in the directions of their cloud, n × rank. */
async function turnedRows(
  rows: Matrix32,
  mean: Float64Array,
  { rank, vectors }: LiveDirections,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const turned = matrix64(rows.rows, rank);
  for (let first = 0; first < rows.rows; first += rowsPerBlock) {
    const block = centreRows(rows, mean, first, Math.min(first + rowsPerBlock, rows.rows));
    turned.data.set((await engine.product(block, vectors, { signal })).data, first * rank);
  }
  return turned;
}

async function crossUnder(source: Matrix64, target: Matrix64, order: Int32Array, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  const [p, q] = [source.columns, target.columns];
  const cross = matrix64(p, q);
  for (let first = 0; first < source.rows; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, source.rows);
    const left = matrix64(last - first, p, source.data.subarray(first * p, last * p));
    const right = matrix64(last - first, q);
    for (let i = first; i < last; i++) right.data.set(target.data.subarray(order[i] * q, (order[i] + 1) * q), (i - first) * q);
    addInto(cross.data, (await engine.product(left, right, { transposeLeft: true, signal })).data);
  }
  return cross;
}

function rowEnergies({ rows, columns, data }: Matrix64): Float64Array {
  const energies = new Float64Array(rows);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) energies[i] += data[k] * data[k];
  }
  return energies;
}
