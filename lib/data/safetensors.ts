import { type FileHandle, open } from "node:fs/promises";
import { codeOf } from "../core/error-reason.js";
import { DataError, ShapeError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";
import {
  type Dtype,
  dtypes,
  formatHeader,
  parseHeader,
  type SafetensorsHeader,
  type TensorData,
  type TensorPlace,
} from "./safetensors-header.js";

export type { TensorData };

/** Values in row-major order; their type follows from the array. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As in the reference implementation. */
const maxHeaderBytes = 100_000_000;
/** One read call takes less than 2 GiB. */
const readBytes = 2 ** 30;

/**
 * Read a safetensors file. Nothing in it is run, and nothing is allocated before its header agrees with its size.
 *
 * @throws DataError when the file cannot be read, or is not exactly what its header says.
 * @see https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(file: string): Promise<Safetensors> {
  return withHeader(file, async (handle, { places, metadata }, start) => {
    const tensors: [string, Tensor][] = [];
    for (const place of places) tensors.push([place.name, await readTensor(handle, place, start, file)]);
    return { tensors: Object.fromEntries(tensors), metadata };
  });
}

/** The `__metadata__` of a safetensors file; its header is checked, its values are not read. @throws DataError as `readSafetensors`. */
export function readSafetensorsMetadata(file: string): Promise<Readonly<Record<string, string>>> {
  return withHeader(file, (_, { metadata }) => Promise.resolve(metadata));
}

/**
 * Write tensors whole or not at all. The same tensors and metadata give the same bytes: wider types first, then by name.
 *
 * @throws ShapeError when a tensor's length is not the product of its shape. @throws DataError for the name `__metadata__`.
 */
export async function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const named = Object.entries(tensors).map(([name, { shape, data }]) => ({ name, shape, data, dtype: dtypeOf(data) }));
  named.sort((one, other) => other.data.BYTES_PER_ELEMENT - one.data.BYTES_PER_ELEMENT || (one.name < other.name ? -1 : 1));
  let begin = 0;
  const places = named.map(({ name, dtype, shape, data }): TensorPlace => {
    if (name === "__metadata__") throw new DataError(`writeSafetensors: a tensor cannot be called "__metadata__"; give it another name`);
    if (shape.reduce((product, side) => product * side, 1) !== data.length) {
      throw new ShapeError(
        `writeSafetensors: tensor "${name}" has ${data.length} values and the shape ${shape.join(" × ")}; their product must be the number of values`,
      );
    }
    const end = begin + data.byteLength;
    const place = { name, dtype, shape, begin, end };
    begin = end;
    return place;
  });
  const header = formatHeader({ places, metadata });
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  await writeAtomically(file, [size, header, ...named.map(({ data }) => bytesOf(data))]);
}

async function withHeader<T>(file: string, read: (handle: FileHandle, header: SafetensorsHeader, start: number) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (error) {
    throw new DataError(`${file}: cannot be opened (${codeOf(error)}); make it, or name another`);
  }
  try {
    const { size } = await handle.stat();
    if (size < 8) throw new DataError(`${file}: it has ${size} bytes and no safetensors file has less than 8; get or make it again`);
    const headerBytes = Number((await readExactly(handle, Buffer.alloc(8), 0, file)).readBigUInt64LE());
    if (headerBytes > Math.min(maxHeaderBytes, size - 8)) {
      throw new DataError(
        `${file}: it has ${size} bytes, and says that its header has ${headerBytes} (at most ${maxHeaderBytes} are read); the file was cut short or is no safetensors file, so get or make it again`,
      );
    }
    const bytes = await readExactly(handle, Buffer.alloc(headerBytes), 8, file);
    const start = 8 + headerBytes;
    return await read(handle, parseHeader(bytes, size - start, file), start);
  } finally {
    await handle.close();
  }
}

async function readTensor(handle: FileHandle, { dtype, shape, begin, end }: TensorPlace, start: number, file: string): Promise<Tensor> {
  const data = new dtypes[dtype]((end - begin) / dtypes[dtype].BYTES_PER_ELEMENT);
  await readExactly(handle, bytesOf(data), start + begin, file);
  return { shape, data };
}

async function readExactly(handle: FileHandle, into: Buffer, position: number, file: string): Promise<Buffer> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await handle.read(into, done, Math.min(readBytes, into.length - done), position + done);
    if (bytesRead === 0) throw new DataError(`${file}: it became shorter while it was read; see who else writes it, and read it again`);
    done += bytesRead;
  }
  return into;
}

function bytesOf(data: TensorData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function dtypeOf(data: TensorData): Dtype {
  const dtype = (Object.keys(dtypes) as Dtype[]).find((name) => data instanceof dtypes[name]);
  if (!dtype) throw new DataError(`writeSafetensors: got a ${data.constructor.name}; only ${Object.keys(dtypes).join(", ")} are written`);
  return dtype;
}
