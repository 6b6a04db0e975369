import { DataError } from "../core/errors.js";
import { readSafetensors, writeSafetensors } from "../data/safetensors.js";
import type { AlignmentMap } from "./map.js";
import { mapFromRecord, recordMap } from "./map-record.js";

/**
 * Write a map to a safetensors file, whole or not at all: `weights` p × m, `source_mean`, `target_mean`, and `target_weights` q × m where
 * there are any, in float64; the rest is JSON under `map` of its metadata, with the format's version. The same map gives the same bytes.
 */
export async function saveMap(file: string, map: AlignmentMap): Promise<void> {
  const { text, arrays } = recordMap(map);
  await writeSafetensors(file, arrays, { map: text });
}

/** The frozen map that `saveMap` wrote, with every bit of it. @throws DataError when the file is missing, damaged, or no saved map. */
export async function loadMap(file: string): Promise<AlignmentMap> {
  const { tensors, metadata } = await readSafetensors(file);
  if (!Object.hasOwn(metadata, "map")) throw new DataError(`${file}: __metadata__ has no map; name a file that saveMap wrote`);
  return mapFromRecord({ text: metadata.map, arrays: tensors }, file);
}
