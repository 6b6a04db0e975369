import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { manifestFolder } from "./locate.js";
import { checkSchema, type SchemaName } from "./manifest-schema.js";
import { listKnown } from "./nearest.js";

export interface ManifestOptions {
  /** Holds `encoders/` and `face-sets/`. @defaultValue `data-manifests/` of this package */
  readonly folder?: string;
}

export type ManifestKind = "encoders" | "face-sets";

const nouns: Record<ManifestKind, string> = { encoders: "encoder", "face-sets": "face set" };

/** The ids of the manifests of a kind, sorted. @throws DataError when the folder cannot be read. */
export async function listManifestIds(kind: ManifestKind, { folder = manifestFolder }: ManifestOptions): Promise<string[]> {
  const where = path.join(folder, kind);
  let names: string[];
  try {
    names = await readdir(where);
  } catch {
    throw new DataError(`listManifestIds: ${where} cannot be read; name a folder that holds encoders/ and face-sets/ with manifests`);
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/**
 * Read a manifest and check it by its schema.
 *
 * @throws DataError when there is none of that id, or when it is not JSON, breaks the schema or bears another id than its file.
 */
export async function readManifest<T extends { readonly id: string }>(
  kind: ManifestKind,
  id: string,
  options: ManifestOptions,
): Promise<T> {
  const name = `${kind}/${id}.json`;
  const manifest = await parseManifest<T>(await readManifestBytes(kind, id, options), kind, name);
  if (manifest.id !== id) throw new DataError(`${name}: field id is "${manifest.id}"; it must be the file's name, "${id}"`);
  return manifest;
}

/** SHA-256 of a manifest's bytes, hex. @throws DataError when there is none of that id. */
export async function manifestSha256(kind: ManifestKind, id: string, options: ManifestOptions = {}): Promise<string> {
  return createHash("sha256")
    .update(await readManifestBytes(kind, id, options))
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

async function readManifestBytes(kind: ManifestKind, id: string, { folder = manifestFolder }: ManifestOptions): Promise<Uint8Array> {
  const ids = await listManifestIds(kind, { folder });
  if (!ids.includes(id)) {
    throw new DataError(`no ${nouns[kind]} "${id}" in ${path.join(folder, kind)}${listKnown(id, ids)}`);
  }
  return readFile(path.join(folder, kind, `${id}.json`));
}
