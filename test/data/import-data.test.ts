import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { importData, loadEncoderManifest, manifestFolder, readFetchLock, weightsStatus } from "../../lib/data/index.js";
import { ownFaceSet, writeLocalManifest } from "../../lib/data/local-manifest.js";
import { ownLocalFolder } from "../own-local-folder.js";
import { temporaryFolder } from "../temporary-folder.js";

type Json = Record<string, unknown>;

/** SHA-256 of "abc" (FIPS 180-2, appendix B.1). */
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/** Manifests of a network `net` whose file is "abc", and of the face set lfw. */
async function manifests(weights: Json[] = [{ path: "sub/net.onnx", bytes: 3, sha256: abc }]): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "encoders"));
  await mkdir(path.join(folder, "face-sets"));
  const network = JSON.parse(await readFile(path.join(manifestFolder, "encoders/face_esp_mbf.json"), "utf8")) as Json;
  await writeFile(path.join(folder, "encoders/net.json"), JSON.stringify({ ...network, id: "net", weights }));
  await writeFile(path.join(folder, "face-sets/lfw.json"), await readFile(path.join(manifestFolder, "face-sets/lfw.json")));
  return folder;
}

interface Setting {
  readonly source: string;
  readonly dataFolder: string;
  readonly said: string[];
  readonly bring: (from: string, as?: string) => Promise<string[]>;
}

async function setting(weights?: Json[]): Promise<Setting> {
  const [folder, source, dataFolder] = [await manifests(weights), await temporaryFolder(), await temporaryFolder()];
  const said: string[] = [];
  const bring = (from: string, as?: string): Promise<string[]> =>
    importData(path.join(source, from), { folder, dataFolder, as, say: (text) => said.push(text) });
  return { source, dataFolder, said, bring };
}

test("a file is told by its hash, and copied to where its manifest wants it", async () => {
  const { source, dataFolder, bring } = await setting();
  await writeFile(path.join(source, "whatever"), "abc");
  expect(await bring("whatever")).toEqual([path.join(dataFolder, "encoders/sub/net.onnx")]);
  expect(await readFile(path.join(dataFolder, "encoders/sub/net.onnx"), "utf8")).toBe("abc");
});

test("a folder gives all files of a network", async () => {
  const { source, dataFolder, bring } = await setting([
    { path: "sub/net.json", bytes: 3, sha256: abc },
    { path: "sub/net.bin", bytes: 3, sha256: abc },
  ]);
  for (const name of ["net.json", "net.bin"]) await writeFile(path.join(source, name), "abc");
  expect(await bring(".", "net")).toEqual(["encoders/sub/net.json", "encoders/sub/net.bin"].map((file) => path.join(dataFolder, file)));
  expect(await readFile(path.join(dataFolder, "encoders/sub/net.bin"), "utf8")).toBe("abc");
});

test("a file of which no hash is known is recorded", async () => {
  const { source, dataFolder, bring, said } = await setting([{ path: "net.onnx", bytes: null, sha256: null }]);
  await writeFile(path.join(source, "mine.onnx"), "abc");
  expect(await bring("mine.onnx", "net")).toEqual([path.join(dataFolder, "encoders/net.onnx")]);
  expect(said[0]).toContain(`encoders/net.onnx is unverified: its manifest has no hash. SHA-256 ${abc} is recorded`);
  expect(await readFetchLock(dataFolder)).toEqual({ "encoders/net.onnx": { bytes: 3, sha256: abc, from: "data import" } });
});

test("the folder of a face set is counted and copied, with or without the folder of its images", async () => {
  const { source, dataFolder, bring, said } = await setting();
  await mkdir(path.join(source, "set/images/Ann"), { recursive: true });
  for (const name of ["1.jpg", "2.jpg", "3.jpg"]) await writeFile(path.join(source, "set/images/Ann", name), name);
  await writeFile(path.join(source, "set/pairs.csv"), "pairs");
  expect(await bring("set", "lfw")).toEqual([path.join(dataFolder, "faces/lfw")]);
  expect(said).toEqual(["lfw: 1 of 901 people, 3 of 4862 images"]);
  expect(await readFile(path.join(dataFolder, "faces/lfw/pairs.csv"), "utf8")).toBe("pairs");
  await bring("set/images", "lfw");
  expect(await readFile(path.join(dataFolder, "faces/lfw/images/Ann/2.jpg"), "utf8")).toBe("2.jpg");
});

test("what is the user's own goes where its manifest is, and is read from", async () => {
  const [dataFolder, own, source] = [await temporaryFolder(), await ownLocalFolder(), await temporaryFolder()];
  const root = path.join(own, "local");
  const weights = [{ path: "net.onnx", bytes: 3, sha256: abc }];
  const manifest = await loadEncoderManifest("face_esp_mbf");
  if (manifest.kind === "detector") throw new Error("a detector has no embeddings");
  await writeLocalManifest("encoders", { ...manifest, id: "net", weights });
  const counts = { identities: 1, images: 2, licence: "not stated", access: "one's own" };
  await writeLocalManifest("face-sets", ownFaceSet("friends", counts));
  await mkdir(path.join(source, "faces/Ann"), { recursive: true });
  for (const name of ["net", "faces/Ann/1.jpg", "faces/Ann/2.jpg"]) await writeFile(path.join(source, name), "abc");

  const told: string[] = [];
  const options = { dataFolder, say: (text: string): void => void told.push(text) };
  expect(await importData(path.join(source, "net"), options)).toEqual([path.join(root, "encoders/net.onnx")]);
  expect(await weightsStatus(await loadEncoderManifest("net"), dataFolder)).toBe("verified");
  expect(await importData(path.join(source, "faces"), { ...options, as: "friends" })).toEqual([path.join(root, "faces/friends")]);
  expect(await readFile(path.join(root, "faces/friends/images/Ann/2.jpg"), "utf8")).toBe("abc");
  expect(told).toEqual(["friends: 1 of 1 people, 2 of 2 images"]);
  expect(await readdir(dataFolder)).toEqual([]);
});

const refused: [string, string, string | undefined, RegExp][] = [
  ["what is not there", "nothing", undefined, /importData: no file or folder .*nothing; name what is to be imported$/],
  ["a folder that is not said to be something", ".", undefined, /is a folder; say what it holds: --as <id>$/],
  [
    "a file that no manifest knows",
    "other",
    undefined,
    /importData: no manifest has the SHA-256 of .*other, [0-9a-f]{64}; say what it is: --as <id>$/,
  ],
  ["another file than the manifest's", "other", "net", /encoders\/sub\/net.onnx has 5 bytes and its manifest says 3; it was not taken$/],
  ["an id that there is none of", "other", "nett", /importData: no network or face set "nett"; did you mean "net"\?/],
  ["a folder without the network's file", ".", "net", /cannot be copied \(.*\); see that it is there$/],
  ["a file for a face set", "other", "lfw", /is no folder; unpack it, and name the folder$/],
  ["a folder without images for a face set", "empty", "lfw", /listFaceImages: /],
];
test.each(refused)("%s is refused", async (_, from, as, message) => {
  const { source, bring } = await setting();
  await writeFile(path.join(source, "other"), "other");
  await mkdir(path.join(source, "empty"));
  const importing = bring(from, as);
  await expect(importing).rejects.toThrow(DataError);
  await expect(importing).rejects.toThrow(message);
});

test("a file that is none of a network's is refused", async () => {
  const { source, bring } = await setting([
    { path: "net.json", bytes: 3, sha256: abc },
    { path: "net.bin", bytes: 3, sha256: abc },
  ]);
  await writeFile(path.join(source, "other"), "other");
  await expect(bring("other", "net")).rejects.toThrow(
    /importData: net has net.json, net.bin, and .*other is none of them; rename it, or complete/,
  );
});
