import { open } from "node:fs/promises";
import { codeOf } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import type { Tensor } from "./safetensors.js";

const magic = Buffer.from("\x93NUMPY", "latin1");
/** What comes before the header's text in version 1: magic, version, length. */
const prefixBytes = 10;
const alignment = 64;
/** A longer header is of no plain array. */
const maxHeaderBytes = 65_536;
/** Digits that numpy.save leaves room for, so that the first axis of a file can grow. */
const growthDigits = 21;

/**
 * An array of one or two axes as the bytes that `numpy.save` writes.
 *
 * @param data float64, row-major.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function formatNpy(shape: readonly number[], data: Float64Array): Buffer {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${sides}), }`;
  const room = growthDigits - String(shape[0]).length;
  const size = Math.ceil((prefixBytes + text.length + room + 1) / alignment) * alignment;
  const bytes = Buffer.alloc(size + data.byteLength, " ");
  magic.copy(bytes);
  bytes.set([1, 0], magic.length);
  bytes.writeUInt16LE(size - prefixBytes, magic.length + 2);
  bytes.write(text, prefixBytes, "latin1");
  bytes.write("\n", size - 1, "latin1");
  data.forEach((value, i) => bytes.writeDoubleLE(value, size + i * data.BYTES_PER_ELEMENT));
  return bytes;
}

/** Values in row-major order. */
export type NpyArray<Data extends Float64Array | Float32Array> = Tensor & { readonly data: Data };

/**
 * Read a .npy file of little-endian float64 or float32, row- or column-major, as row-major float64. Nothing in it is run: arrays of
 * objects are refused.
 *
 * @param file only for messages.
 * @throws DataError when the bytes are not such a file, whole.
 */
export function parseNpy(bytes: Buffer, file: string): NpyArray<Float64Array> {
  const header = parseHeader(bytes, bytes.length, file);
  return { shape: header.shape, data: copyValues(header, bytes, (count) => new Float64Array(count)) };
}

/** As `parseNpy`, as float32. @throws DataError as `parseNpy`. */
export function parseNpy32(bytes: Buffer, file: string): NpyArray<Float32Array> {
  const header = parseHeader(bytes, bytes.length, file);
  return { shape: header.shape, data: copyValues(header, bytes, (count) => new Float32Array(count)) };
}

/** Read such a file as float32; its header is held to its size before the rest is read. @throws DataError as `parseNpy`, and when the file cannot be read. */
export async function readNpy32(file: string): Promise<NpyArray<Float32Array>> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const start = { buffer: Buffer.alloc(Math.min(size, maxHeaderBytes)), position: 0 };
      const { bytesRead, buffer } = await handle.read(start);
      parseHeader(buffer.subarray(0, bytesRead), size, file);
      return parseNpy32(await handle.readFile(), file);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file}: cannot be read (${codeOf(error)}); name a file of at most 2 GiB`);
  }
}

interface NpyHeader {
  readonly width: 4 | 8;
  readonly isColumnMajor: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

function copyValues<Data extends Float64Array | Float32Array>(
  { width, isColumnMajor, shape, start }: NpyHeader,
  bytes: Buffer,
  create: (count: number) => Data,
): Data {
  const data = create(shape.reduce((product, side) => product * side, 1));
  const read = width === 8 ? (at: number) => bytes.readDoubleLE(at) : (at: number) => bytes.readFloatLE(at);
  const [rows, columns] = [shape[0], shape.length === 2 ? shape[1] : 1];
  const placeOf = (k: number): number => (isColumnMajor ? (k % columns) * rows + Math.floor(k / columns) : k);
  for (let k = 0; k < data.length; k++) data[k] = read(start + placeOf(k) * width);
  return data;
}

/** @param bytes the file's first ones, of `size` in all. */
function parseHeader(bytes: Buffer, size: number, file: string): NpyHeader {
  if (bytes.length < prefixBytes + 2 || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new DataError(`${file}: it does not begin as a .npy file does; write it with numpy.save`);
  }
  const version = bytes[magic.length];
  const begin = version === 1 ? prefixBytes : prefixBytes + 2;
  const start = begin + (version === 1 ? bytes.readUInt16LE(magic.length + 2) : bytes.readUInt32LE(magic.length + 2));
  const text = bytes.toString("latin1", begin, Math.min(start, maxHeaderBytes));
  const found = /^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \((\d+), ?(?:(\d+))?\), \}\s*$/.exec(text);
  if (found === null || start > bytes.length) {
    throw new DataError(
      `${file}: its header is ${JSON.stringify(text.trim().slice(0, 120))}; it must be of one plain array of one or two axes`,
    );
  }
  const [, descr, order, ...sides] = found;
  if (descr !== "<f8" && descr !== "<f4") {
    throw new DataError(`${file}: its values are ${descr}; save little-endian float64 or float32`);
  }
  const shape = sides.filter(Boolean).map(Number);
  const width = descr === "<f8" ? 8 : 4;
  const need = shape.reduce((product, side) => product * side, width);
  if (size - start !== need) {
    throw new DataError(
      `${file}: it has ${size - start} bytes of values, and ${descr} of shape (${shape.join(", ")}) needs ${need}; save it again`,
    );
  }
  return { width, isColumnMajor: order === "True", shape, start };
}
