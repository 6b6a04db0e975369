import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { localFolder, packFolder } from "./locate.js";

/** Where `facebridge embed` writes when no other folder is named. */
export function ownEmbeddings(): string {
  return path.join(localFolder(), "embeddings");
}

/** Where embeddings of a network that were made elsewhere lie: each has a table of items of its own. */
export function addedEmbeddings(encoder: string): string {
  return path.join(localFolder(), "added-embeddings", encoder);
}

/** Where a network's embeddings are looked for, in this order: the pack, what was embedded here, what was added. */
function foldersFor(encoder: string, pack: string): string[] {
  return [pack, ownEmbeddings(), addedEmbeddings(encoder)];
}

/** The first folder that holds a set; null where none does. */
export async function searchEmbeddings(faceSet: string, encoder: string, pack: string = packFolder): Promise<string | null> {
  for (const folder of foldersFor(encoder, pack)) if (await hasEmbeddingSet(folder, faceSet, encoder)) return folder;
  return null;
}

/**
 * The folder that {@link searchEmbeddings} finds; the pack, which tells what there is, where none has the set.
 *
 * @throws DataError where none does and there is no pack: the published package has none.
 */
export async function findEmbeddings(faceSet: string, encoder: string, pack: string = packFolder): Promise<string> {
  const found = await searchEmbeddings(faceSet, encoder, pack);
  if (found !== null) return found;
  if (existsSync(pack)) return pack;
  throw new DataError(
    `findEmbeddings: there is no ${faceSet}/${encoder}.safetensors in ${foldersFor(encoder, pack).slice(1).join(" or ")}, and the pack is not in the published package; ` +
      "copy the repository's data/ to the former, name another folder (openStudy({ folder }), align --from), or run: facebridge embed, or embeddings add",
  );
}

/** Whether a folder has a file of that set; it is not opened. */
export async function hasEmbeddingSet(folder: string, faceSet: string, encoder: string): Promise<boolean> {
  return (await stat(path.join(folder, faceSet, `${encoder}.safetensors`)).catch(() => null)) !== null;
}

/** Delete what a network that is being replaced has embedded here, so that no study takes it for the new one's. */
export async function forgetEncoder(encoder: string): Promise<void> {
  for (const faceSet of await foldersOf(ownEmbeddings()))
    await rm(path.join(ownEmbeddings(), faceSet, `${encoder}.safetensors`), { force: true });
}

/** Delete what was embedded here of a face set that is being replaced. */
export async function forgetFaceSet(faceSet: string): Promise<void> {
  await rm(path.join(ownEmbeddings(), faceSet), { recursive: true, force: true });
}

/** A set that is there. */
export interface FoundEmbeddings {
  readonly faceSet: string;
  readonly encoder: string;
  readonly from: "pack" | "embedded" | "added";
  readonly folder: string;
}

/** Every set that studies find by themselves, sorted by face set and network. */
export async function listEmbeddingSets(): Promise<FoundEmbeddings[]> {
  const added = path.dirname(addedEmbeddings("-"));
  const places = [
    { from: "pack" as const, folder: packFolder },
    { from: "embedded" as const, folder: ownEmbeddings() },
    ...(await foldersOf(added)).map((encoder) => ({ from: "added" as const, folder: path.join(added, encoder) })),
  ];
  const found: FoundEmbeddings[] = [];
  for (const { from, folder } of places) {
    for (const faceSet of await foldersOf(folder)) {
      for (const name of await readdir(path.join(folder, faceSet))) {
        if (name.endsWith(".safetensors")) found.push({ faceSet, encoder: name.slice(0, -".safetensors".length), from, folder });
      }
    }
  }
  const keyOf = ({ faceSet, encoder }: FoundEmbeddings): string => `${faceSet}/${encoder}`;
  return found.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
}
