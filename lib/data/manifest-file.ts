import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { localFolder, manifestFolder } from "./locate.js";
import { checkSchema, type SchemaName } from "./manifest-schema.js";
import { listKnown } from "./nearest.js";

export interface ManifestOptions {
  /** Holds `encoders/` and `face-sets/`. @defaultValue `data-manifests/` of this package, and the folder of what the user has added */
  readonly folder?: string;
}

export type ManifestKind = "encoders" | "face-sets";

const nouns: Record<ManifestKind, string> = { encoders: "encoder", "face-sets": "face set" };

/** The ids of the manifests of a kind, sorted. @throws DataError when the folder cannot be read, or one is both the package's and the user's. */
export async function listManifestIds(kind: ManifestKind, options: ManifestOptions): Promise<string[]> {
  return [...(await locateManifests(kind, options)).keys()].sort();
}

/**
 * Read a manifest and check it by its schema.
 *
 * @returns what the file says, and `root`, the user's folder, where it is there.
 * @throws DataError when there is none of that id, or when it is not JSON, breaks the schema or bears another id than its file.
 */
export async function readManifest<T extends { readonly id: string; readonly root?: string }>(
  kind: ManifestKind,
  id: string,
  options: ManifestOptions,
): Promise<T> {
  const name = `${kind}/${id}.json`;
  const folder = await findManifest(kind, id, options);
  const manifest = await parseManifest<T>(await readFile(path.join(folder, name)), kind, name);
  if (manifest.id !== id) throw new DataError(`${name}: field id is "${manifest.id}"; it must be the file's name, "${id}"`);
  return folder === localFolder() ? { ...manifest, root: folder } : manifest;
}

/** SHA-256 of a manifest's bytes, hex. @throws DataError when there is none of that id. */
export async function manifestSha256(kind: ManifestKind, id: string, options: ManifestOptions = {}): Promise<string> {
  const folder = await findManifest(kind, id, options);
  return createHash("sha256")
    .update(await readFile(path.join(folder, kind, `${id}.json`)))
    .digest("hex");
}

/** @param file only for messages. @throws DataError when the bytes are not JSON or break the schema. */
export async function parseManifest<T>(bytes: Uint8Array, schema: SchemaName, file: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw new DataError(`${file}: not JSON (${(error as Error).message}); correct it`);
  }
  await checkSchema(value, schema, file);
  const fields = Object.entries(value as object).filter(([key]) => key !== "$schema");
  return Object.fromEntries(fields) as T;
}

async function findManifest(kind: ManifestKind, id: string, options: ManifestOptions): Promise<string> {
  const found = await locateManifests(kind, options);
  const folder = found.get(id);
  if (folder !== undefined) return folder;
  const where = path.join(options.folder ?? manifestFolder, kind);
  throw new DataError(`no ${nouns[kind]} "${id}" in ${where}${listKnown(id, [...found.keys()].sort())}`);
}

/** Id → the folder that has it. */
async function locateManifests(kind: ManifestKind, { folder }: ManifestOptions): Promise<Map<string, string>> {
  const local = localFolder();
  const found = new Map<string, string>();
  for (const place of folder === undefined ? [manifestFolder, local] : [folder]) {
    const where = path.join(place, kind);
    const names = await readdir(where).catch(() => {
      if (place === local) return [];
      throw new DataError(`listManifestIds: ${where} cannot be read; name a folder that holds encoders/ and face-sets/ with manifests`);
    });
    for (const name of names) {
      if (!name.endsWith(".json")) continue;
      const id = name.slice(0, -".json".length);
      if (found.has(id)) {
        throw new DataError(`listManifestIds: ${path.join(where, name)} has the id of what comes with facebridge; rename it`);
      }
      found.set(id, place);
    }
  }
  return found;
}
