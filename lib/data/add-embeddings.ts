import path from "node:path";
import { packageVersion } from "../core/version.js";
import { writeEmbeddingSet } from "./embedding-file.js";
import { addedEmbeddings, hasEmbeddingSet, ownEmbeddings } from "./embedding-folders.js";
import type { Item } from "./embedding-set.js";
import { readExternalRows } from "./external-rows.js";
import { readItems } from "./items.js";
import { faceSetManifestSha256 } from "./load-face-sets.js";
import { checkFreeId, ownFaceSet, writeLocalManifest } from "./local-manifest.js";
import { packFolder } from "./locate.js";
import { listManifestIds } from "./manifest-file.js";
import { type MatchedRows, matchRows } from "./match-rows.js";
import { writeProblems } from "./problem-file.js";
import { readRowLabels } from "./row-labels.js";
import { fileSha256 } from "./weights.js";

export interface AddEmbeddingsOptions {
  /** What the network is called from now on. */
  readonly encoder: string;
  /** Of the project or the user's own; one that there is not is founded. */
  readonly faceSet: string;
  /** CSV with the columns image, identity or both: see `readRowLabels`. */
  readonly labels: string;
  /** Name of the array in the file; null for the only one. */
  readonly tensor: string | null;
}

export interface AddedEmbeddings extends MatchedRows {
  /** The folder of the embedding set, for `readEmbeddingSet`. */
  readonly folder: string;
  /** Whether the face set's images are known, so that rows were matched to them. */
  readonly isKnown: boolean;
  /** Whether they took the place of rows that were added before. */
  readonly replaced: boolean;
  /** Holds all problems. */
  readonly report: string;
}

/**
 * Take in embeddings that were made elsewhere, so that studies find them by the network's name: see `matchRows` for what is left out.
 *
 * @throws DataError when a file is not what it should be, a name is no id, or no row is left; ShapeError when rows and labels differ in number.
 */
export async function addEmbeddings(file: string, { encoder, faceSet, labels, tensor }: AddEmbeddingsOptions): Promise<AddedEmbeddings> {
  const isNamed = (await listManifestIds("face-sets", {})).includes(faceSet);
  if (!isNamed) await checkFreeId(faceSet);
  await checkFreeId(encoder);
  const known = await knownItems(faceSet);
  const rows = await readExternalRows(file, tensor);
  const matched = matchRows(rows, await readRowLabels(labels), known);
  const { items, embeddings, problems } = matched;
  if (!isNamed) {
    const identities = new Set(items.map(({ identity }) => identity)).size;
    const access = "Its embeddings were added without images (facebridge embeddings add).";
    await writeLocalManifest("face-sets", ownFaceSet(faceSet, { identities, images: items.length, licence: "the user's own", access }));
  }
  const folder = addedEmbeddings(encoder);
  const unknown = "not known: added";
  const provenance = {
    encoderSha256: unknown,
    encoderManifestSha256: unknown,
    detectorSha256: unknown,
    faceSetManifestSha256: await faceSetManifestSha256(faceSet),
    packageVersion,
    pipelineVersion: `added from a file with SHA-256 ${await fileSha256(file)}`,
    coding: "float32",
  };
  const replaced = await hasEmbeddingSet(folder, faceSet, encoder);
  await writeEmbeddingSet(folder, { encoder, faceSet, items, embeddings, provenance });
  const report = path.join(folder, faceSet, "problems.tsv");
  await writeProblems(report, problems);
  return { ...matched, folder, isKnown: known !== null, replaced, report };
}

/** The items of a face set that was embedded here or is in the pack, or null. */
async function knownItems(faceSet: string): Promise<Item[] | null> {
  for (const folder of [packFolder, ownEmbeddings()]) {
    const items = await readItems(path.join(folder, faceSet, "items.tsv")).catch(() => null);
    if (items !== null) return items;
  }
  return null;
}
