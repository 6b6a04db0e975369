import { randomOrthonormal } from "../align/random-projection.js";
import { ValueError } from "../core/errors.js";
import { mapValues, matrix32, matrix64, toFloat32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { createRandom, permutation, type Random } from "../core/random.js";
import type { MomentsOptions } from "../align/cloud.js";

/**
 * What a system does to templates before it keeps and compares them. All but `none` and `quantisation` have a secret of the system.
 *
 * `rotation`: by a secret orthogonal matrix. `projection`: on half as many secret orthonormal directions. `sign-hash`: the signs on 512
 * secret random directions, the salt of BioHash. `quantisation`: two bits a coordinate. `subset`: a secret half of the coordinates.
 */
export type TemplateProtection = "none" | "rotation" | "projection" | "sign-hash" | "quantisation" | "subset";

/** Turns centred rows into what is kept. n × d to n × m. */
export type ProtectRows = (rows: Matrix32) => Promise<Matrix32>;

/** Bits of a sign hash. */
const hashBits = 512;
/** The four levels of least error for a normal coordinate of unit variance, and where the outer ones begin. */
const [inner, outer, border] = [0.4528, 1.5104, 0.9816];

/**
 * Make the protection of one system: whatever it draws at random comes from the system's secret, and serves all of its templates.
 *
 * Templates are compared by cosines after it. One secret serves all people, as where a system and not each person holds it.
 *
 * @param width d of the rows.
 * @throws ValueError when the width is below 2.
 * @see Teoh, Goh, Ngo 2006, doi:10.1109/TPAMI.2006.250, for sign hashes; Max 1960, doi:10.1109/TIT.1960.1057548, for the levels
 */
export async function prepareProtection(
  protection: TemplateProtection,
  width: number,
  secret: number,
  options: MomentsOptions,
): Promise<ProtectRows> {
  if (!(width >= 2)) throw new ValueError(`prepareProtection: got rows of width ${width}; it needs at least two coordinates`);
  const random = createRandom(secret);
  const half = Math.floor(width / 2);
  switch (protection) {
    case "none":
      return (rows) => Promise.resolve(rows);
    case "rotation":
      return multiplying(await randomOrthonormal(width, width, random, options), options);
    case "projection":
      return multiplying(await randomOrthonormal(width, half, random, options), options);
    case "sign-hash": {
      const project = multiplying(normalMatrix(width, hashBits, random), options);
      return async (rows) => mapValues(await project(rows), (value) => (value < 0 ? -1 : 1));
    }
    case "quantisation":
      return (rows) => Promise.resolve(quantise(rows));
    case "subset": {
      const kept = permutation(width, random).slice(0, half);
      return (rows) => Promise.resolve(takeColumns(rows, kept));
    }
  }
}

function multiplying(weights: Matrix64, { engine, signal }: MomentsOptions): ProtectRows {
  const narrow = toFloat32(weights);
  return (rows) => engine.product(rows, narrow, { signal });
}

function normalMatrix(rows: number, columns: number, random: Random): Matrix64 {
  return matrix64(rows, columns, Float64Array.from({ length: rows * columns }, () => random.normal())); // prettier-ignore
}

/** Each coordinate on one of four levels, in units of its row's root mean square. */
function quantise({ rows, columns, data }: Matrix32): Matrix32 {
  const levels = matrix32(rows, columns);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const spread = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / columns);
    for (let j = 0; j < columns; j++) {
      const level = Math.abs(row[j]) > border * spread ? outer : inner;
      levels.data[i * columns + j] = row[j] < 0 ? -level : level;
    }
  }
  return levels;
}

function takeColumns({ rows, columns, data }: Matrix32, kept: Int32Array): Matrix32 {
  const taken = matrix32(rows, kept.length);
  for (let i = 0; i < rows; i++) kept.forEach((column, j) => (taken.data[i * kept.length + j] = data[i * columns + column]));
  return taken;
}
