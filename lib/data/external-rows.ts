import path from "node:path";
import { DataError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";
import { readCsv } from "./csv.js";
import { listKnown } from "./nearest.js";
import { readNpy32 } from "./npy.js";
import { readNpz32 } from "./npz.js";
import { parseNumber } from "./parse-number.js";
import { readSafetensors, type Tensor } from "./safetensors.js";

/** Endings that `readExternalRows` knows. */
const externalFormats = [".npy", ".npz", ".safetensors", ".csv"] as const;

/**
 * Read embeddings that were made elsewhere: a .npy, .npz or safetensors file, or a CSV of numbers with or without a header line. n × d, not looked at: see
 * `matchRows`.
 *
 * @param tensor name of the array; null for the only one.
 * @throws DataError when the file is not of its format, whole, or holds no such array of two axes.
 */
export async function readExternalRows(file: string, tensor: string | null): Promise<Matrix32> {
  const format = path.extname(file).toLowerCase();
  switch (format) {
    case ".npy":
      return rowsOf(await readNpy32(file), file);
    case ".npz":
      return rowsOf(await readNpz32(file, tensor), file);
    case ".safetensors":
      return rowsOf(pickTensor((await readSafetensors(file)).tensors, tensor, file), file);
    case ".csv":
      return readCsvRows(file);
    default:
      throw new DataError(`${file}: embeddings come as ${externalFormats.join(", ")}; save them as one of these`);
  }
}

function pickTensor(tensors: Readonly<Record<string, Tensor>>, name: string | null, file: string): Tensor {
  const known = Object.keys(tensors);
  if (name === null && known.length === 1) return tensors[known[0]];
  if (name === null)
    throw new DataError(`${file}: it holds ${known.length} tensors (${known.slice(0, 20).join(", ")}); say which: --tensor <name>`);
  if (Object.hasOwn(tensors, name)) return tensors[name];
  throw new DataError(`${file}: no tensor "${name}"${listKnown(name, known.slice(0, 20))}`);
}

function rowsOf({ shape, data }: Tensor, file: string): Matrix32 {
  if (shape.length !== 2 || shape[0] === 0 || shape[1] === 0) {
    throw new DataError(`${file}: its shape is (${shape.join(", ")}); embeddings are rows × dimensions`);
  }
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new DataError(`${file}: its values are a ${data.constructor.name}; save float32 or float64`);
  }
  return matrix32(shape[0], shape[1], data instanceof Float32Array ? data : new Float32Array(data));
}

async function readCsvRows(file: string): Promise<Matrix32> {
  const rows: Float32Array[] = [];
  for await (const { number, fields } of readCsv(file)) {
    const values = fields.map(parseNumber); // what is not finite is reported by the row
    const bad = values.indexOf(null);
    if (bad >= 0 && number === 1) continue; // a header
    if (bad >= 0) throw new DataError(`${file}: line ${number}, column ${bad + 1} is "${fields[bad].slice(0, 40)}"; it must be a number`);
    if (rows.length > 0 && values.length !== rows[0].length) {
      throw new DataError(`${file}: line ${number} has ${values.length} columns and the first ${rows[0].length}; give every row as many`);
    }
    rows.push(Float32Array.from(values as number[]));
  }
  if (rows.length === 0) throw new DataError(`${file}: there is no row of numbers in it; give one line an image`);
  const matrix = matrix32(rows.length, rows[0].length);
  rows.forEach((row, i) => { matrix.data.set(row, i * matrix.columns); }); // prettier-ignore
  return matrix;
}
