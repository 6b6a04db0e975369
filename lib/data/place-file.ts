import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { DownloadFile } from "./download-manifest.js";
import { readFetchLock, recordFetch } from "./fetch-lock.js";
import { checkInside } from "./locate.js";
import { unpackArchive } from "./unpack.js";
import { fileSha256 } from "./weights.js";

/** What a file turned out to be. */
export interface FileIdentity {
  readonly bytes: number;
  readonly sha256: string;
}

/** A file to put in its place, wherever it comes from. */
export type WantedFile = Omit<DownloadFile, "from">;

/** What a file must be, and who says so. */
export interface Expected extends Pick<WantedFile, "path" | "bytes" | "sha256"> {
  readonly by: string;
}

/** @throws DataError when a file has another size or hash than is expected. */
export async function verifyFile(file: string, { path: name, bytes, sha256, by }: Expected): Promise<FileIdentity> {
  const { size } = await stat(file);
  if (bytes !== null && size !== bytes) {
    throw new DataError(`verifyFile: ${name} has ${size} bytes and ${by} ${bytes}; it was not taken`);
  }
  const actual = await fileSha256(file);
  if (sha256 !== null && actual !== sha256) {
    throw new DataError(`verifyFile: ${name} has SHA-256 ${actual} and ${by} ${sha256}; it was not taken`);
  }
  return { bytes: size, sha256: actual };
}

/** What to hold a file to: its manifest, else what it was when it first came. */
export async function withLock(file: WantedFile, dataFolder: string): Promise<Expected> {
  const { path: name, bytes, sha256 } = file;
  if (sha256 !== null) return { path: name, bytes, sha256, by: "its manifest says" };
  const locked = (await readFetchLock(dataFolder))[name];
  if (locked === undefined) return { path: name, bytes, sha256, by: "its manifest says" };
  return { path: name, bytes: locked.bytes, sha256: locked.sha256, by: "facebridge-lock.json, from its first fetch, says" };
}

/**
 * Put a verified file where it belongs, whole or not at all; an archive is unpacked beside its place first. What no manifest has a hash of, and
 * what came out of an archive, is recorded in the lock file.
 *
 * @param from said in the lock file.
 * @returns what to tell about it, or null.
 */
export async function place(
  file: string,
  wanted: WantedFile,
  identity: FileIdentity,
  { dataFolder, from, signal }: { readonly dataFolder: string; readonly from: string; readonly signal?: AbortSignal | undefined },
): Promise<string | null> {
  const target = targetOf(wanted, dataFolder);
  await mkdir(path.dirname(target), { recursive: true });
  if (wanted.unpack !== null) {
    const { format, strip } = wanted.unpack;
    const folder = path.join(path.dirname(target), `.${path.basename(target)}.unpack`);
    await rm(folder, { recursive: true, force: true }); // of a run that was cut off
    await mkdir(folder);
    try {
      await unpackArchive(file, folder, format, { strip, signal });
      await mergeFolder(folder, target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await recordFetch(dataFolder, wanted.path, { ...identity, from });
  } else {
    await syncFile(file);
    if (wanted.sha256 === null) await recordFetch(dataFolder, wanted.path, { ...identity, from });
    await rename(file, target);
  }
  return wanted.sha256 === null
    ? `${wanted.path} is unverified: its manifest has no hash. SHA-256 ${identity.sha256} is recorded in facebridge-lock.json, and what comes later is held to it`
    : null;
}

/** Where a file lies. @throws DataError when its path leads out of the data folder. */
export function targetOf({ path: name }: Pick<WantedFile, "path">, dataFolder: string): string {
  checkInside(name, "downloads.json: field path");
  return path.join(dataFolder, name);
}

/** Move what `from` holds into `to`; a file that is there already is replaced, and others stay. `from` is gone afterwards. */
export async function mergeFolder(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  const there = await stat(to).catch(() => null);
  if (there === null) {
    await rename(from, to);
    return;
  }
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await mergeFolder(source, target);
    else await rename(source, target);
  }
  await rm(from, { recursive: true });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
