import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { checkWeights, listEncoderManifests, weightsSha256, weightsStatus, withHashes } from "../../lib/data/index.js";
import type { WeightFile } from "../../lib/data/index.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

/** SHA-256 of "abc" (FIPS 180-2, appendix B.1). */
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function dataFolderWith(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "encoders"));
  await writeFile(path.join(folder, "encoders/net.onnx"), text);
  return folder;
}

const network = (change: Partial<WeightFile> = {}): { id: string; weights: WeightFile[] } => ({
  id: "net",
  weights: [{ path: "net.onnx", bytes: 3, sha256: abc, ...change }],
});

test("weights of the manifest's size and hash are verified", async () => {
  const folder = await dataFolderWith("abc");
  expect(await weightsStatus(network(), folder)).toBe("verified");
  await checkWeights(network(), folder);
});

test("weights without a known hash are unverified, and pass", async () => {
  const folder = await dataFolderWith("abc");
  expect(await weightsStatus(network({ sha256: null }), folder)).toBe("unverified");
  await checkWeights(network({ sha256: null }), folder);
});

test("weights without a known hash get that of their file, others keep theirs", async () => {
  const folder = await dataFolderWith("abc");
  expect(await withHashes(network({ sha256: null }), folder)).toEqual(network());
  expect(await withHashes(network({ sha256: "known" }), folder)).toEqual(network({ sha256: "known" }));
});

test("weights of which only the lock file knows a hash are held to that", async () => {
  const folder = await dataFolderWith("abc");
  const record = (sha256: string): Promise<void> =>
    writeFile(
      path.join(folder, "facebridge-lock.json"),
      JSON.stringify({ files: { "encoders/net.onnx": { bytes: 3, sha256, from: "" } } }),
    );
  await record(abc);
  expect(await weightsStatus(network({ sha256: null, bytes: null }), folder)).toBe("as first fetched");
  await record("0".repeat(64));
  await expect(checkWeights(network({ sha256: null, bytes: null }), folder)).rejects.toThrow(
    `SHA-256 ${abc}, facebridge-lock.json says 000`,
  );
});

test("a network without any file in its manifest is not taken for one that is there", async () => {
  expect(await weightsStatus({ id: "net", weights: [] }, await dataFolderWith("abc"))).toBe("missing");
});

test("one file's hash stands for its network, several files' by a hash of theirs", () => {
  const file = { path: "net.onnx", bytes: 3, sha256: abc };
  expect(weightsSha256([file])).toBe(abc);
  expect(weightsSha256([file, file])).toBe(createHash("sha256").update(`${abc}\n${abc}\n`).digest("hex"));
});

test.each([
  [
    "missing",
    "abc",
    { path: "other.onnx" },
    /^checkWeights: net: no file .*other.onnx; put the weights there \(facebridge data get, or data import\) or name another data folder$/,
  ],
  ["wrong size", "abcd", {}, /net.onnx has 4 bytes, its manifest says 3; get the file again$/],
  ["wrong hash", "abd", {}, /net.onnx has SHA-256 a52d159f.*, its manifest says ba7816bf.*; get the file again$/],
])("weights that are %s are refused", async (status, text, change, message) => {
  const folder = await dataFolderWith(text);
  expect(await weightsStatus(network(change), folder)).toBe(status);
  await expect(checkWeights(network(change), folder)).rejects.toThrow(DataError);
  await expect(checkWeights(network(change), folder)).rejects.toThrow(message);
});

test("the first file that is wrong decides", async () => {
  const folder = await dataFolderWith("abc");
  const [good] = network().weights;
  expect(await weightsStatus({ id: "net", weights: [good, { ...good, path: "shard.bin" }] }, folder)).toBe("missing");
});

test("weights outside the folder are not looked at", async () => {
  await expect(weightsStatus(network({ path: "../net.onnx" }), await dataFolderWith("abc"))).rejects.toThrow(
    'encoder net: field weights.path is "../net.onnx"; it must be a relative path without ".."',
  );
});

const realData = realDataFolder();

test.skipIf(!realData)("real weights: all that are here are verified, and they are eighteen at least", async () => {
  const networks = await listEncoderManifests();
  const statuses = (await Promise.all(networks.map((one) => weightsStatus(one, realData!)))).filter((status) => status !== "missing");
  expect(new Set(statuses)).toEqual(new Set(["verified"]));
  expect(statuses.length).toBeGreaterThanOrEqual(18);
});
