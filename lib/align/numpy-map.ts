import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { writeAtomically } from "../data/atomic-file.js";
import { formatNpy, parseNpy } from "../data/npy.js";
import type { Tensor } from "../data/safetensors.js";
import type { AlignmentMap } from "./map.js";
import { mapFromRecord, recordMap } from "./map-record.js";

const arrayNames = ["weights", "source_mean", "target_mean", "target_weights"] as const;

/**
 * Write a map to a folder for Python users: `weights.npy`, `source_mean.npy`, `target_mean.npy`, `target_weights.npy` where there are
 * any, in float64, and the rest as `map.json`. In NumPy: `(x - source_mean) @ weights + target_mean`.
 */
export async function exportNumpy(folder: string, map: AlignmentMap): Promise<void> {
  const { text, arrays } = recordMap(map);
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    await writeAtomically(path.join(folder, `${name}.npy`), [formatNpy(shape, data as Float64Array)]);
  }
  // What an earlier map has left in the folder would be taken for this map's.
  for (const name of arrayNames) if (!Object.hasOwn(arrays, name)) await rm(path.join(folder, `${name}.npy`), { force: true });
  await writeAtomically(path.join(folder, "map.json"), [Buffer.from(`${text}\n`)]);
}

/**
 * Read a map from such a folder, written by `exportNumpy` or by somebody's own fit. `map.json` must have every field that `exportNumpy`
 * writes; its identities are those of the training rows, and nobody among them can be scored.
 *
 * @throws DataError when a file is missing or not what it should be, or sizes disagree.
 */
export async function importNumpy(folder: string): Promise<AlignmentMap> {
  const text = await read(path.join(folder, "map.json"));
  if (text === null) throw new DataError(`${path.join(folder, "map.json")}: cannot be read; name a folder that exportNumpy wrote`);
  const arrays: Record<string, Tensor> = {};
  for (const name of arrayNames) {
    const file = path.join(folder, `${name}.npy`);
    const bytes = await read(file);
    if (bytes !== null) arrays[name] = parseNpy(bytes, file);
  }
  return mapFromRecord({ text: text.toString("utf8"), arrays }, folder);
}

/** Null when there is no such file. */
async function read(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new DataError(`${file}: cannot be read (${(error as Error).message}); let it be read, or name another folder`);
  }
}
