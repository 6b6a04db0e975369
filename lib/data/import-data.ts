import { copyFile, cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { DetectorManifest, EncoderManifest, WeightFile } from "./encoder-manifest.js";
import { listFaceImages } from "./face-set.js";
import type { FaceSetManifest } from "./face-set-manifest.js";
import { listEncoderManifests } from "./load-encoders.js";
import { listFaceSetManifests } from "./load-face-sets.js";
import type { ManifestOptions } from "./manifest-file.js";
import { listKnown } from "./nearest.js";
import { mergeFolder, place, verifyFile, withLock } from "./place-file.js";
import { fileSha256 } from "./weights.js";

export interface ImportDataOptions extends ManifestOptions {
  readonly dataFolder: string;
  /** Id of the network or face set. @defaultValue told from the file's SHA-256 */
  readonly as?: string | undefined;
  /** Told what a user should know. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

type Network = EncoderManifest | DetectorManifest;

/**
 * Copy what the user has already into the data folder, or into the user's own where the manifest is there: a network's file, a folder with its
 * files, or the folder of a face set. Files are held to their manifest before they are moved into place; what no manifest has a hash of is recorded
 * in the lock file.
 *
 * @returns where they are now.
 * @throws DataError when there is no such path or id, when a file is another than its manifest says, or a folder holds no image where the set has them.
 */
export async function importData(source: string, options: ImportDataOptions): Promise<string[]> {
  const { as: id } = options;
  const found = await stat(source).catch(() => null);
  if (found === null) throw new DataError(`importData: no file or folder ${source}; name what is to be imported`);
  const [networks, faceSets] = await Promise.all([listEncoderManifests(options), listFaceSetManifests(options)]);
  if (id === undefined) {
    if (found.isDirectory()) throw new DataError(`importData: ${source} is a folder; say what it holds: --as <id>`);
    const sha256 = await fileSha256(source);
    const ofThisFile = networks.filter(({ weights }) => weights.some((weight) => weight.sha256 === sha256));
    const network = ofThisFile.find(({ root }) => root === undefined) ?? ofThisFile.at(0);
    if (!network) throw new DataError(`importData: no manifest has the SHA-256 of ${source}, ${sha256}; say what it is: --as <id>`);
    return importNetwork(source, sha256, network, options);
  }
  const network = networks.find((one) => one.id === id);
  if (network) return importNetwork(source, found.isDirectory() ? null : await fileSha256(source), network, options);
  const faceSet = faceSets.find((one) => one.id === id);
  if (faceSet) return importFaceSet(source, faceSet, options);
  const known = [...networks, ...faceSets].map((one) => one.id);
  throw new DataError(`importData: no network or face set "${id}"${listKnown(id, known)}`);
}

/** @param sha256 of the source; null where it is a folder. */
async function importNetwork(
  source: string,
  sha256: string | null,
  { id, root, weights }: Network,
  { say, signal, ...options }: ImportDataOptions,
): Promise<string[]> {
  const dataFolder = root ?? options.dataFolder;
  const files = sha256 === null ? weights : weights.filter((weight) => weight.sha256 === sha256);
  const hasName = ({ path: name }: WeightFile): boolean => path.basename(name) === path.basename(source);
  const chosen = files.length > 0 ? files : weights.length === 1 ? weights : weights.filter(hasName);
  if (chosen.length === 0) {
    const names = weights.map(({ path: name }) => path.basename(name)).join(", ");
    throw new DataError(
      `importData: ${id} has ${names || "no files in its manifest"}, and ${source} is none of them; rename it, or complete the manifest`,
    );
  }
  const done: string[] = [];
  for (const { path: name, bytes, sha256: expected } of chosen) {
    signal?.throwIfAborted();
    const from = sha256 === null ? path.join(source, path.basename(name)) : source;
    const file = { path: `encoders/${name}`, bytes, sha256: expected, unpack: null };
    const target = path.join(dataFolder, "encoders", name);
    const copy = path.join(path.dirname(target), `.${path.basename(name)}.import`);
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await copyFile(from, copy).catch((error: unknown) => {
        throw new DataError(`importData: ${from} cannot be copied (${(error as Error).message}); see that it is there`);
      });
      const identity = await verifyFile(copy, await withLock(file, dataFolder));
      const note = await place(copy, file, identity, { dataFolder, from: "data import", signal });
      if (note !== null) say(note);
    } finally {
      await rm(copy, { force: true });
    }
    done.push(target);
  }
  return done;
}

async function importFaceSet(source: string, faceSet: FaceSetManifest, { say, signal, ...options }: ImportDataOptions): Promise<string[]> {
  const { id, root, folder, images, counts } = faceSet;
  const dataFolder = root ?? options.dataFolder;
  const target = path.join(dataFolder, "faces", folder);
  const staging = path.join(dataFolder, `.import-${folder}`);
  const inside = path.join(staging, "faces", folder);
  const withImages = (await stat(path.join(source, images)).catch(() => null))?.isDirectory() ?? false;
  await rm(staging, { recursive: true, force: true });
  try {
    await mkdir(path.dirname(inside), { recursive: true });
    if (!(await stat(source)).isDirectory()) throw new DataError(`importData: ${source} is no folder; unpack it, and name the folder`);
    await copyFolder(source, withImages ? inside : path.join(inside, images), signal);
    const taken = await listFaceImages({ ...faceSet, root: staging }, staging);
    const people = new Set(taken.map(({ identity }) => identity)).size;
    say(`${id}: ${people} of ${counts.identities} people, ${taken.length} of ${counts.images} images`);
    await mergeFolder(inside, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return [target];
}

/** Names that start with a dot are left out. */
async function copyFolder(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    signal?.throwIfAborted();
    if (!name.startsWith(".")) await cp(path.join(from, name), path.join(to, name), { recursive: true, dereference: true });
  }
}
