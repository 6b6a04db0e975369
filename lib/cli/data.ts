import { mkdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { formatBytes } from "../core/bytes.js";
import { DataError } from "../core/errors.js";
import {
  type Download,
  fileStatus,
  getData,
  importData,
  listDownloads,
  listEncoderManifests,
  listFaceSetManifests,
  loadDownload,
  localFolder,
  readFetchLock,
  resolveDataFolder,
  weightsStatus,
} from "../data/index.js";
import { bytesBar, interruptSignal, print, printJson, say, textTable } from "./terminal.js";

interface DataOptions {
  readonly data?: string;
}

export interface GetOptions extends DataOptions {
  readonly acceptLicence?: boolean;
  readonly allowPrivate?: boolean;
  readonly maxGib: number;
}

/** `facebridge data list`: every network and face set, its licence, and where it is to be had. */
export async function listCommand({ data, json = false }: DataOptions & { readonly json?: boolean }): Promise<void> {
  const named = data ?? process.env.FACEBRIDGE_DATA;
  const downloads = await listDownloads();
  const statuses = named ? await statusOf(downloads, resolveDataFolder(named)) : downloads.map(() => "not looked for");
  const manifests = [...(await listEncoderManifests()), ...(await listFaceSetManifests())];
  const own = new Set(manifests.filter(({ root }) => root !== undefined).map(({ id }) => id));
  const here = downloads.map(({ id }, i) => (own.has(id) ? `in ${localFolder()}` : statuses[i]));
  if (json) {
    printJson(downloads.map((download, i) => ({ ...download, here: here[i] })));
    return;
  }
  const rows = downloads.map(({ id, kind, licence, files }, i) => [
    id,
    kind,
    sizeOf(files),
    own.has(id) ? "your own" : describeOrigin(files),
    licence.name,
    here[i],
  ]);
  print(textTable(["id", "kind", "size", "to be had", "licence", "here"], rows));
}

/** `facebridge data check`: what is there, held to its manifest. Ends with an error where something is not what it should be. */
export async function checkCommand(ids: readonly string[], { data }: DataOptions): Promise<void> {
  const dataFolder = resolveDataFolder(data);
  const downloads = ids.length > 0 ? await Promise.all(ids.map((id) => loadDownload(id))) : await listDownloads();
  const statuses = await statusOf(downloads, dataFolder);
  print(textTable(["id", "kind", "here"], downloads.map(({ id, kind }, i) => [id, kind, statuses[i]]))); // prettier-ignore
  const bad = downloads.filter((_, i) => statuses[i].startsWith("wrong") || (ids.length > 0 && statuses[i] === "missing"));
  if (bad.length > 0) {
    const names = bad.map(({ id }) => id).join(" ");
    throw new DataError(
      `data check: ${names}: missing, or not what the manifest says; run: facebridge data get ${names} --data ${dataFolder}`,
    );
  }
}

/** `facebridge data get`: fetch, check and put into place. */
export async function getCommand(ids: readonly string[], options: GetOptions): Promise<void> {
  const { data, acceptLicence = false, allowPrivate = false, maxGib } = options;
  const dataFolder = await openDataFolder(data);
  const downloads = await Promise.all(ids.map((id) => loadDownload(id)));
  const { fetched, present } = await getData(downloads, {
    dataFolder,
    acceptLicence,
    allowPrivate,
    sizeLimit: maxGib * 2 ** 30,
    say,
    startProgress: bytesBar,
    signal: interruptSignal(),
  });
  for (const file of present) print(`there already  ${path.join(dataFolder, file)}`);
  for (const file of fetched) print(`fetched        ${path.join(dataFolder, file)}`);
}

/** `facebridge data import`: copy what the user has into the data folder. */
export async function importCommand(source: string, { data, as: id }: DataOptions & { readonly as?: string }): Promise<void> {
  const dataFolder = await openDataFolder(data);
  const done = await importData(source, { dataFolder, as: id, say, signal: interruptSignal() });
  for (const file of done) print(`imported  ${file}`);
}

/** The data folder, made where it is not there yet. */
async function openDataFolder(option: string | undefined): Promise<string> {
  const named = option ?? process.env.FACEBRIDGE_DATA;
  if (named) await mkdir(named, { recursive: true });
  return resolveDataFolder(named);
}

async function statusOf(downloads: readonly Download[], dataFolder: string): Promise<string[]> {
  const lock = await readFetchLock(dataFolder);
  const networks = new Map((await listEncoderManifests()).map((network) => [network.id, network]));
  return Promise.all(
    downloads.map(async ({ id, files }) => {
      const network = networks.get(id);
      if (network) return weightsStatus(network, dataFolder);
      if (files.length === 0) return "see doctor";
      const statuses = await Promise.all(files.map((file) => fileStatus(file, dataFolder, lock)));
      return statuses.find((status) => status !== "verified") ?? "verified";
    }),
  );
}

function sizeOf(files: Download["files"]): string {
  if (files.length === 0 || files.some(({ bytes }) => bytes === null)) return "?";
  return formatBytes(files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0));
}

function describeOrigin(files: Download["files"]): string {
  if (files.length === 0) return "by hand, then import";
  const origins = files.map(({ from }) => ("url" in from ? new URL(from.url).host : `npm ${from.package}`));
  return [...new Set(origins)].join(", ") + (files.some(({ sha256 }) => sha256 === null) ? " (unverified)" : "");
}
