import { openPromise, type Entry, type ZipFile } from "yauzl";
import { formatBytes } from "../core/bytes.js";
import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { listKnown } from "./nearest.js";
import { type NpyArray, parseNpy32 } from "./npy.js";

const maxArrays = 1000;
const maxBytes = 2 ** 31 - 1;
/** Real embeddings hardly shrink when they are compressed; up to the floor nobody minds. */
const maxRatio = 50;
const ratioFloor = 2 ** 24;

/**
 * Read one array of a .npz file, as float32: a zip of .npy files, of which none is unpickled and none is unpacked to disk.
 *
 * @param name of the array; null for the only one.
 * @throws DataError when the file is no such archive, has no array of that name, or would unpack to far more than it is.
 */
export async function readNpz32(file: string, name: string | null): Promise<NpyArray<Float32Array>> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: false });
    const entry = pickEntry(await listEntries(zip, file), name, file);
    const { compressedSize, uncompressedSize } = entry;
    if (uncompressedSize > maxBytes || uncompressedSize > Math.max(ratioFloor, maxRatio * compressedSize)) {
      throw new DataError(
        `${file}: "${entry.fileName}" unpacks ${formatBytes(compressedSize)} to ${formatBytes(uncompressedSize)}; at most ${maxRatio} times as much and 2 GiB are read, so save it as .npy`,
      );
    }
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    return parseNpy32(Buffer.concat(chunks), `${file}, ${entry.fileName}`);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file}: cannot be read as a .npz file (${firstLine(error)}); write it with numpy.savez`);
  } finally {
    zip?.close();
  }
}

async function listEntries(zip: ZipFile, file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entries.push(entry) > maxArrays) throw new DataError(`${file}: it holds more than ${maxArrays} files; save the one array alone`);
  }
  return entries;
}

function pickEntry(entries: readonly Entry[], name: string | null, file: string): Entry {
  const arrays = entries.filter(({ fileName }) => fileName.endsWith(".npy"));
  if (name === null && arrays.length === 1) return arrays[0];
  const known = arrays.map(({ fileName }) => fileName.slice(0, -".npy".length));
  const found = name === null ? -1 : known.indexOf(name);
  if (found >= 0) return arrays[found];
  if (name === null)
    throw new DataError(`${file}: it holds ${arrays.length} arrays (${known.slice(0, 20).join(", ")}); say which: --tensor <name>`);
  throw new DataError(`${file}: no array "${name}"${listKnown(name, known.slice(0, 20))}`);
}
