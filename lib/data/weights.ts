import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError } from "../core/errors.js";
import type { NetworkManifest, WeightFile } from "./encoder-manifest.js";
import { joinInside } from "./locate.js";

/** `unverified`: there, of the right size, and the manifest has no hash to hold it against. */
export type WeightsStatus = "verified" | "unverified" | "missing" | "wrong size" | "wrong hash";

type Weights = Pick<NetworkManifest, "id" | "weights">;

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
  if (status !== "verified" && status !== "unverified") throw new DataError(`checkWeights: ${network.id}: ${message}`);
}

/** The network with the hash of every weight file that its manifest has none of, so that what is made with it can be told apart. */
export async function withHashes<Network extends Weights>(network: Network, dataFolder: string): Promise<Network> {
  const weights: WeightFile[] = [];
  for (const weight of network.weights) {
    const file = joinInside(path.join(dataFolder, "encoders"), weight.path, `encoder ${network.id}: field weights.path`);
    weights.push({ ...weight, sha256: weight.sha256 ?? (await fileSha256(file)) });
  }
  return { ...network, weights };
}

/** SHA-256 of a file, hex, without holding it in memory. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function inspect({ id, weights }: Weights, dataFolder: string): Promise<{ status: WeightsStatus; message: string }> {
  let verified = true;
  for (const weight of weights) {
    const file = joinInside(path.join(dataFolder, "encoders"), weight.path, `encoder ${id}: field weights.path`);
    const found = await inspectFile(file, weight);
    if (found.status !== "verified" && found.status !== "unverified") return found;
    verified &&= found.status === "verified";
  }
  return { status: verified ? "verified" : "unverified", message: "" };
}

async function inspectFile(file: string, { bytes, sha256 }: WeightFile): Promise<{ status: WeightsStatus; message: string }> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return { status: "missing", message: `no file ${file}; put the weights there or name another data folder` };
  if (found.size !== bytes) {
    return { status: "wrong size", message: `${file} has ${found.size} bytes, its manifest says ${bytes}; get the file again` };
  }
  if (sha256 === null) return { status: "unverified", message: "" };
  const actual = await fileSha256(file);
  if (actual === sha256) return { status: "verified", message: "" };
  return { status: "wrong hash", message: `${file} has SHA-256 ${actual}, its manifest says ${sha256}; get the file again` };
}
