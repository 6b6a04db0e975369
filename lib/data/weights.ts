import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError } from "../core/errors.js";
import type { NetworkManifest, WeightFile } from "./encoder-manifest.js";
import { type LockedFile, readFetchLock } from "./fetch-lock.js";
import { joinInside } from "./locate.js";

/**
 * `unverified`: there, of the right size, and the manifest has no hash to hold it against; `as first fetched`: nor has it, and the file is the
 * one that `facebridge-lock.json` recorded.
 */
export type WeightsStatus = "verified" | "as first fetched" | "unverified" | "missing" | "wrong size" | "wrong hash";

/** A file of weights whose hash is known. */
export type HashedFile = WeightFile & { readonly sha256: string };

/** From the worst of what may be loaded. */
const usable: ReadonlySet<WeightsStatus> = new Set(["unverified", "as first fetched", "verified"]);

/** Of a manifest, what tells where the weights are and what they must be. */
export type Weights = Pick<NetworkManifest, "id" | "root" | "weights">;

/** Where a file of a network's weights lies. @throws DataError when its path leads out of `encoders/`. */
export function weightPath({ id, root }: Pick<NetworkManifest, "id" | "root">, { path: file }: WeightFile, dataFolder: string): string {
  return joinInside(path.join(root ?? dataFolder, "encoders"), file, `encoder ${id}: field weights.path`);
}

/** What is there of a network's weights: the first file that is not as it should be decides. */
export async function weightsStatus(network: Weights, dataFolder: string): Promise<WeightsStatus> {
  return (await inspect(network, dataFolder)).status;
}

/**
 * See to it that a network's weights are those of its manifest, before they are loaded.
 *
 * @throws DataError when a file is missing or has another size or hash. A file whose hash is not known passes.
 */
export async function checkWeights(network: Weights, dataFolder: string): Promise<void> {
  const { status, message } = await inspect(network, dataFolder);
  if (!usable.has(status)) throw new DataError(`checkWeights: ${network.id}: ${message}`);
}

/** The network with the hash of every weight file that its manifest has none of, so that what is made with it can be told apart. */
export async function withHashes<Network extends Weights>(
  network: Network,
  dataFolder: string,
): Promise<Network & { readonly weights: readonly HashedFile[] }> {
  const weights: HashedFile[] = [];
  for (const weight of network.weights) {
    weights.push({ ...weight, sha256: weight.sha256 ?? (await fileSha256(weightPath(network, weight, dataFolder))) });
  }
  return { ...network, weights };
}

/** One hash for a network's weights: that of its file; of several files, that of their hashes, a line each. */
export function weightsSha256(weights: readonly HashedFile[]): string {
  if (weights.length === 1) return weights[0].sha256;
  return createHash("sha256")
    .update(weights.map(({ sha256 }) => `${sha256}\n`).join(""))
    .digest("hex");
}

/** SHA-256 of a file, hex, without holding it in memory. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function inspect(network: Weights, dataFolder: string): Promise<Inspected> {
  const lock = await readFetchLock(dataFolder);
  const statuses = new Set<WeightsStatus>();
  for (const weight of network.weights) {
    const found = await inspectFile(weightPath(network, weight, dataFolder), weight, lock[`encoders/${weight.path}`]);
    if (!usable.has(found.status)) return found;
    statuses.add(found.status);
  }
  return { status: [...usable].find((status) => statuses.has(status)) ?? "missing", message: "its manifest names no weights" };
}

/** What was found of a file, and what to do where that is not what it should be. */
export interface Inspected {
  readonly status: WeightsStatus;
  readonly message: string;
}

/** Hold a file to its manifest and, where that has no hash, to the record of its first fetch. */
export async function inspectFile(
  file: string,
  { bytes, sha256 }: Pick<WeightFile, "bytes" | "sha256">,
  locked: LockedFile | undefined,
): Promise<Inspected> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile())
    return {
      status: "missing",
      message: `no file ${file}; put the weights there (facebridge data get, or data import) or name another data folder`,
    };
  if (bytes !== null && found.size !== bytes) {
    return { status: "wrong size", message: `${file} has ${found.size} bytes, its manifest says ${bytes}; get the file again` };
  }
  const wanted = sha256 ?? locked?.sha256;
  if (wanted === undefined) return { status: "unverified", message: "" };
  const actual = await fileSha256(file);
  if (actual === wanted) return { status: sha256 === null ? "as first fetched" : "verified", message: "" };
  const by = sha256 === null ? "facebridge-lock.json" : "its manifest";
  return { status: "wrong hash", message: `${file} has SHA-256 ${actual}, ${by} says ${wanted}; get the file again` };
}
