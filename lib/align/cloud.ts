import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";
import type { Engine } from "../linalg/engine.js";
import { blockCentring, centreRows } from "./rows.js";

/** Sums run over this many rows and are added in index order, so that a result does not depend on memory or on shards. */
export const rowsPerBlock = 1024;

/** What a map needs to know of the rows of one network. */
export interface CloudMoments {
  /** n rows. */
  readonly count: number;
  /** d column means. */
  readonly mean: Float64Array;
  /** XᵀX of the centred rows, d × d. */
  readonly gram: Matrix64;
  /** ‖X‖² of the centred rows: the trace of `gram`. */
  readonly energy: number;
  /** The centred rows, n × d, where they are fewer than their columns, so smaller than the Gram; null otherwise, and after sums of sums. */
  readonly rows: Matrix64 | null;
  /** Names of the identities whose rows were summed. */
  readonly identities: ReadonlySet<string>;
}

export interface MomentsOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Mean and centred Gram of one network's training rows, to be shared by every pair that the network is in.
 *
 * The mean is taken first and the Gram of what is left is summed, so that a large offset costs no digits.
 *
 * @param rows n × d, n ≥ 2.
 * @param identities the name of each row's identity, such as `"lfw/Ann_Veneman"`.
 * @throws ShapeError when the counts disagree; ValueError when there are fewer than two rows, or a value is not finite.
 */
export async function computeCloud(rows: Matrix32, identities: readonly string[], options: MomentsOptions): Promise<CloudMoments> {
  const mean = meanOf(rows, identities, "computeCloud");
  const gram = matrix64(rows.columns, rows.columns);
  await addGramInto(gram, rows, mean, options);
  return cloudOf(rows, { mean, gram, identities: new Set(identities) });
}

/**
 * The column means of a cloud's rows.
 *
 * @throws as `computeCloud` does; of a value that is not finite the message begins with `what`.
 */
export function meanOf(rows: Matrix32, identities: readonly string[], what: string): Float64Array {
  if (identities.length !== rows.rows) {
    throw new ShapeError(`computeCloud: got ${rows.rows} rows and ${identities.length} identities; pass the identity of every row`);
  }
  if (rows.rows < 2 || rows.columns === 0) {
    throw new ValueError(`computeCloud: got ${rows.rows} × ${rows.columns} values; a cloud needs at least two rows and one column`);
  }
  const sums = new Float64Array(rows.columns);
  addColumnsInto(sums, rows);
  if (!sums.every(Number.isFinite)) checkFinite(rows, what);
  return sums.map((sum) => sum / rows.rows);
}

/** The cloud of rows whose mean and Gram are known. */
export function cloudOf(rows: Matrix32, parts: Pick<CloudMoments, "mean" | "gram" | "identities">): CloudMoments {
  const centred = rows.rows < rows.columns ? centreRows(rows, parts.mean, 0, rows.rows) : null;
  return freezeCloud({ ...parts, count: rows.rows, rows: centred });
}

/** gram += XᵀX of the rows less `mean`, a block at a time. */
async function addGramInto(gram: Matrix64, rows: Matrix32, mean: Float64Array, { engine, signal }: MomentsOptions): Promise<void> {
  const centre = blockCentring(rows, mean);
  for (let first = 0; first < rows.rows; first += rowsPerBlock) {
    const block = centre(first, Math.min(first + rowsPerBlock, rows.rows));
    addInto(gram.data, (await engine.gram(block, { signal })).data);
  }
}

/** Freeze a cloud whose energy is the trace of its Gram. */
export function freezeCloud(parts: Omit<CloudMoments, "energy">): CloudMoments {
  const { rows: size, data } = parts.gram;
  let energy = 0;
  for (let i = 0; i < size; i++) energy += data[i * size + i];
  return Object.freeze({ ...parts, energy });
}

/** sums += the columns' sums, a block at a time. */
export function addColumnsInto(sums: Float64Array, { rows, columns, data }: Matrix32): void {
  for (let first = 0; first < rows; first += rowsPerBlock) {
    const block = new Float64Array(columns);
    for (let i = first; i < Math.min(first + rowsPerBlock, rows); i++) {
      for (let j = 0; j < columns; j++) block[j] += data[i * columns + j];
    }
    addInto(sums, block);
  }
}
