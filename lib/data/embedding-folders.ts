import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { localFolder, projectFolder } from "./locate.js";

/** Where `facebridge embed` writes when no other folder is named. */
export function ownEmbeddings(): string {
  return path.join(localFolder(), "embeddings");
}

/** Where embeddings of a network that were made elsewhere lie: each has a table of items of its own. */
export function addedEmbeddings(encoder: string): string {
  return path.join(localFolder(), "added-embeddings", encoder);
}

/** Where a network's embeddings are looked for, in this order: the pack, what was embedded here, what was added. */
export function embeddingFolders(encoder: string): string[] {
  return [path.join(projectFolder, "data"), ownEmbeddings(), addedEmbeddings(encoder)];
}

/** Whether a folder has a file of that set; it is not opened. */
export async function hasEmbeddingSet(folder: string, faceSet: string, encoder: string): Promise<boolean> {
  return (await stat(path.join(folder, faceSet, `${encoder}.safetensors`)).catch(() => null)) !== null;
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
    { from: "pack" as const, folder: path.join(projectFolder, "data") },
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
