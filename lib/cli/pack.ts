import { writeFile } from "node:fs/promises";
import path from "node:path";
import { packageVersion } from "../core/version.js";
import {
  listEncoderManifests,
  loadFaceSetManifest,
  ownEmbeddings,
  type EncoderManifest,
  packEmbeddingSet,
  type PackedFile,
  readEmbeddingSet,
  renderDataCard,
} from "../data/index.js";
import { chooseEngine } from "../linalg/index.js";
import { interruptSignal, print, progressBar } from "./terminal.js";

export interface PackCommandOptions {
  /** Folder of embedding sets. @defaultValue where `embed` writes */
  readonly from?: string;
  readonly out: string;
  /** Face set ids, between commas. */
  readonly faces: string;
}

/** `facebridge pack build`: embedding sets to the embedded pack and its data card. */
export async function packCommand({ from = ownEmbeddings(), out, faces }: PackCommandOptions): Promise<void> {
  const engine = await chooseEngine();
  const signal = interruptSignal();
  const encoders = (await listEncoderManifests()).filter(
    (network): network is EncoderManifest => network.kind !== "detector" && network.packed,
  );
  const faceSets = await Promise.all(faces.split(",").map((id) => loadFaceSetManifest(id)));
  const files: PackedFile[] = [];
  const progress = progressBar("pack", "files", encoders.length * faceSets.length);
  for (const faceSet of faceSets) {
    for (const encoder of encoders) {
      signal.throwIfAborted();
      const set = await readEmbeddingSet(from, faceSet.id, encoder.id, { engine });
      const sizeBytes = await packEmbeddingSet(out, set, { engine });
      files.push({ encoder, faceSet, rows: set.items.length, sizeBytes });
      progress.update(files.length);
    }
  }
  progress.end();
  await writeFile(path.join(out, "README.md"), renderDataCard(files, packageVersion));
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  print(`${files.length} files, ${(total / 2 ** 20).toFixed(1)} MiB, in ${out}`);
}
