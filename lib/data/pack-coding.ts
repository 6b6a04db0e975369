import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { DataError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32, matrix64, type Matrix64, toFloat32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { transpose } from "../linalg/transpose.js";

/**
 * Embeddings in some five bits a value: coefficients in the set's principal basis, in steps of each direction's own, entropy-coded.
 *
 * Row i is mean + rowScale[i] · Σⱼ step[j] · code[i, j] · basis[j].
 */
export interface PackedEmbeddings {
  readonly rows: number;
  /** d. */
  readonly mean: Float32Array;
  /** r × d: the directions that the set fills, r ≤ d. In 16 bits with a scale a direction where r = d. */
  readonly basis: Float32Array | Int16Array;
  /** r; all ones for a float32 basis. */
  readonly basisScale: Float32Array;
  /** r. */
  readonly step: Float32Array;
  /** n. */
  readonly rowScale: Float32Array;
  /** r; 1 where the direction's codes take two bytes. */
  readonly wide: Uint8Array;
  /** Raw deflate of the codes, direction by direction: low bytes, then high bytes where it is wide. */
  readonly codes: Uint8Array;
}

/** Allowed share of a row's energy, and of its energy about the set's mean, that coding takes: cosines of at least .9999 and .999. */
const lossRaw = 2e-4;
const lossCentred = 2e-3;
/** No direction is coded in steps of more than this share of its standard deviation: maps look at weak directions too. */
const stepShare = 0.25;
/** Directions with a singular value below this share of the largest are float32 rounding and stay empty. */
const emptyShare = 1e-6;

/**
 * Code n × d embeddings so that every row keeps a cosine of at least .9999 to itself, and .999 about the set's mean.
 *
 * @throws ValueError when a value is not finite. @throws DataError when all rows are the same, one is zero, or one is too far from the
 * others for its length.
 */
export async function packEmbeddings(embeddings: Matrix32, { engine }: { readonly engine: Engine }): Promise<PackedEmbeddings> {
  checkFinite(embeddings, "packEmbeddings");
  const { rows, columns } = embeddings;
  const mean = Float32Array.from(columnMeans(embeddings));
  const centred = matrix64(rows, columns);
  for (let at = 0; at < centred.data.length; at++) centred.data[at] = embeddings.data[at] - mean[at % columns];

  const { values, vectors } = await engine.eigh(await engine.gram(centred));
  if (!(values[0] > 0)) throw new DataError(`packEmbeddings: all ${rows} rows are the same; there is nothing to code`);
  const rank = values.findIndex((value) => !(value >= values[0] * emptyShare ** 2));
  const { basis, basisScale } = codeBasis(vectors, rank < 0 ? columns : rank);
  const rowScale = lossBudgets(embeddings, centred);
  const coefficients = await engine.product(centred, transpose(decodeBasis(basis, basisScale, columns)));
  const width = coefficients.columns;
  for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) coefficients.data[i * width + j] /= rowScale[i];

  let budget = 1;
  for (;;) {
    const step = chooseSteps(coefficients, budget);
    const codes = quantise(coefficients, step);
    const worst = worstLoss(coefficients, step, codes);
    if (worst <= 0.98) return { rows, mean, basis, basisScale, step, rowScale, ...deflateCodes(codes, width) };
    budget *= 0.97 / worst;
  }
}

/** @throws DataError when the codes are damaged. */
export async function unpackEmbeddings(packed: PackedEmbeddings, { engine }: { readonly engine: Engine }): Promise<Matrix32> {
  const { rows, mean, basis, basisScale, step, rowScale } = packed;
  const width = step.length;
  const columns = mean.length;
  const codes = inflateCodes(packed, width);
  const coefficients = coefficientsOf(codes, step, rows);
  const decoded = await engine.product(coefficients, toFloat32(decodeBasis(basis, basisScale, columns)));
  const { data } = decoded;
  for (let i = 0, at = 0; i < rows; i++) {
    const scale = rowScale[i];
    for (let j = 0; j < columns; j++, at++) data[at] = mean[j] + scale * data[at];
  }
  return decoded;
}

/** n × r from codes that are r × n; rows in groups that stay in the processor's cache. */
function coefficientsOf(codes: Int16Array, step: Float32Array, rows: number): Matrix32 {
  const width = step.length;
  const group = 64;
  const coefficients = matrix32(rows, width);
  for (let first = 0; first < rows; first += group) {
    const last = Math.min(rows, first + group);
    for (let j = 0; j < width; j++) {
      for (let i = first, at = j * rows + first; i < last; i++, at++) coefficients.data[i * width + j] = codes[at] * step[j];
    }
  }
  return coefficients;
}

function columnMeans({ rows, columns, data }: Matrix32): Float64Array {
  const sums = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) sums[at % columns] += data[at];
  return sums.map((sum) => sum / rows);
}

/** Square root of the energy that coding may take from each row. */
function lossBudgets(embeddings: Matrix32, centred: Matrix64): Float32Array {
  const { rows, columns } = embeddings;
  const budgets = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let energy = 0;
    let centredEnergy = 0;
    for (let at = i * columns; at < (i + 1) * columns; at++) {
      energy += embeddings.data[at] ** 2;
      centredEnergy += centred.data[at] ** 2;
    }
    if (energy === 0) throw new DataError(`packEmbeddings: row ${i} is zero and has no direction to keep; leave its image out`);
    // A row that is the mean itself has all-zero coefficients; any scale will do.
    budgets[i] = Math.sqrt(Math.min(lossRaw * energy, lossCentred * centredEnergy)) || 1;
  }
  return budgets;
}

/** The first `rank` eigenvectors as rows. */
function codeBasis({ rows, data }: Matrix64, rank: number): { basis: Float32Array | Int16Array; basisScale: Float32Array } {
  const columns = rows;
  const basis = rank === columns ? new Int16Array(rank * columns) : new Float32Array(rank * columns);
  const basisScale = new Float32Array(rank).fill(1);
  for (let j = 0; j < rank; j++) {
    if (basis instanceof Int16Array) {
      let largest = 0;
      for (let k = 0; k < rows; k++) largest = Math.max(largest, Math.abs(data[k * columns + j]));
      basisScale[j] = largest / 32767;
    }
    for (let k = 0; k < rows; k++) {
      const value = data[k * columns + j] / basisScale[j];
      basis[j * columns + k] = basis instanceof Int16Array ? Math.round(value) : value;
    }
  }
  return { basis, basisScale };
}

function decodeBasis(basis: Float32Array | Int16Array, basisScale: Float32Array, columns: number): Matrix64 {
  const decoded = matrix64(basisScale.length, columns);
  for (let j = 0, at = 0; j < basisScale.length; j++) {
    for (let k = 0; k < columns; k++, at++) decoded.data[at] = basis[at] * basisScale[j];
  }
  return decoded;
}

/** Uniform noise of step²/12 a direction, `budget` in all; weak directions get steps of their own size. */
function chooseSteps({ rows, columns, data }: Matrix64, budget: number): Float32Array {
  const step = new Float32Array(columns);
  const even = Math.sqrt((12 * budget) / columns);
  for (let j = 0; j < columns; j++) {
    let energy = 0;
    for (let i = 0; i < rows; i++) energy += data[i * columns + j] ** 2;
    step[j] = Math.min(even, stepShare * Math.sqrt(energy / rows));
  }
  return step;
}

/** Codes direction by direction: r × n. */
function quantise({ rows, columns, data }: Matrix64, step: Float32Array): Int16Array {
  const codes = new Int16Array(rows * columns);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      const code = Math.round(data[i * columns + j] / step[j]);
      if (!(Math.abs(code) <= 32767)) {
        throw new DataError(
          `packEmbeddings: row ${i} is too short beside the others to be coded with them; normalise the rows, or leave it out`,
        );
      }
      codes[j * rows + i] = code;
    }
  }
  return codes;
}

/** The largest lost energy of a row, in units of what it may lose. */
function worstLoss({ rows, columns, data }: Matrix64, step: Float32Array, codes: Int16Array): number {
  let worst = 0;
  for (let i = 0; i < rows; i++) {
    let loss = 0;
    for (let j = 0; j < columns; j++) loss += (data[i * columns + j] - codes[j * rows + i] * step[j]) ** 2;
    worst = Math.max(worst, loss);
  }
  return worst;
}

function deflateCodes(codes: Int16Array, width: number): { wide: Uint8Array; codes: Uint8Array } {
  const rows = codes.length / width;
  const wide = new Uint8Array(width);
  const planes: Uint8Array[] = [];
  for (let j = 0; j < width; j++) {
    const column = codes.subarray(j * rows, (j + 1) * rows);
    wide[j] = column.every((code) => code >= -128 && code <= 127) ? 0 : 1;
    planes.push(Uint8Array.from(column, (code) => code & 255));
    if (wide[j] === 1) planes.push(Uint8Array.from(column, (code) => (code >> 8) & 255));
  }
  return { wide, codes: deflateRawSync(Buffer.concat(planes), { level: 9, strategy: constants.Z_HUFFMAN_ONLY }) };
}

function inflateCodes({ rows, wide, codes: deflated }: PackedEmbeddings, width: number): Int16Array {
  const size = rows * (width + wide.reduce((sum, w) => sum + w, 0));
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(deflated, { maxOutputLength: size });
  } catch (error) {
    throw new DataError(`unpackEmbeddings: the codes do not inflate (${String(error)}); get the file again`);
  }
  if (bytes.length !== size) throw new DataError(`unpackEmbeddings: got ${bytes.length} bytes of codes, need ${size}; get the file again`);
  const codes = new Int16Array(rows * width);
  let at = 0;
  for (let j = 0; j < width; j++) {
    const low = bytes.subarray(at, (at += rows));
    const high = wide[j] === 1 ? bytes.subarray(at, (at += rows)) : null;
    for (let i = 0; i < rows; i++) codes[j * rows + i] = high ? ((high[i] << 24) >> 16) | low[i] : (low[i] << 24) >> 24;
  }
  return codes;
}
