import { DataError } from "../core/errors.js";
import type { Tensor } from "../data/safetensors.js";

const magic = Buffer.from("\x93NUMPY", "latin1");
/** What comes before the header's text in version 1: magic, version, length. */
const prefixBytes = 10;
const alignment = 64;
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

/**
 * Read a .npy file of little-endian float64 or float32, row- or column-major, as row-major float64. Nothing in it is run: arrays of
 * objects are refused.
 *
 * @param file only for messages.
 * @throws DataError when the bytes are not such a file, whole.
 */
export function parseNpy(bytes: Buffer, file: string): Tensor & { readonly data: Float64Array } {
  const { descr, isColumnMajor, shape, start } = parseHeader(bytes, file);
  const width = descr === "<f8" ? 8 : 4;
  const count = shape.reduce((product, side) => product * side, 1);
  if (bytes.length - start !== count * width) {
    throw new DataError(
      `${file}: it has ${bytes.length - start} bytes of values, and ${descr} of shape (${shape.join(", ")}) needs ${count * width}; save it again`,
    );
  }
  const read = width === 8 ? (at: number) => bytes.readDoubleLE(at) : (at: number) => bytes.readFloatLE(at);
  const [rows, columns] = [shape[0], shape.length === 2 ? shape[1] : 1];
  const placeOf = (k: number): number => (isColumnMajor ? (k % columns) * rows + Math.floor(k / columns) : k);
  return { shape, data: Float64Array.from({ length: count }, (_, k) => read(start + placeOf(k) * width)) };
}

interface NpyHeader {
  readonly descr: string;
  readonly isColumnMajor: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

function parseHeader(bytes: Buffer, file: string): NpyHeader {
  if (bytes.length < prefixBytes + 2 || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new DataError(`${file}: it does not begin as a .npy file does; write it with numpy.save`);
  }
  const version = bytes[magic.length];
  const begin = version === 1 ? prefixBytes : prefixBytes + 2;
  const start = begin + (version === 1 ? bytes.readUInt16LE(magic.length + 2) : bytes.readUInt32LE(magic.length + 2));
  const text = bytes.toString("latin1", begin, start);
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
  return { descr, isColumnMajor: order === "True", shape: sides.filter(Boolean).map(Number), start };
}
