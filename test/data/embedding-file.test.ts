import { readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { DataError, ShapeError } from "../../lib/core/errors.js";
import { matrix32 } from "../../lib/core/matrix.js";
import {
  type EmbeddingSet,
  embeddingSetIsCurrent,
  type Item,
  packEmbeddingSet,
  readEmbeddingSet,
  readSafetensors,
  writeEmbeddingSet,
  writeSafetensors,
} from "../../lib/data/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { temporaryFolder } from "../temporary-folder.js";

const item = (name: string): Item => ({ image: `${name}/1.jpg`, identity: name, pose: null, sha256: "0".repeat(64), detectionScore: 0.5 });

const set: EmbeddingSet = {
  encoder: "face_x",
  faceSet: "lfw",
  items: [item("Ann"), item("Bo")],
  embeddings: matrix32(2, 3, Float32Array.of(1, 2, 3, -4, 5e-30, 6)),
  provenance: {
    encoderSha256: "1",
    encoderManifestSha256: "2",
    detectorSha256: "3",
    faceSetManifestSha256: "4",
    packageVersion: "0.1.0",
    pipelineVersion: "1",
    coding: "float32",
  },
};

const file = (folder: string): string => path.join(folder, "lfw/face_x.safetensors");

async function written(): Promise<string> {
  const folder = await temporaryFolder();
  await writeEmbeddingSet(folder, set);
  return folder;
}

/** Replace tensor or metadata of a written set. */
async function tampered(change: { shape?: number[]; data?: Float32Array | Float64Array; name?: string; drop?: string }): Promise<string> {
  const folder = await written();
  const { tensors, metadata } = await readSafetensors(file(folder));
  const { shape = [2, 3], data = tensors.embeddings.data, name = "embeddings", drop } = change;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== drop));
  await writeSafetensors(file(folder), { [name]: { shape, data } }, kept);
  return folder;
}

test("a set comes back as it was written, items beside it", async () => {
  const folder = await written();
  expect(await readdir(path.join(folder, "lfw"))).toEqual(["face_x.safetensors", "items.tsv"]);
  expect(await readEmbeddingSet(folder, "lfw", "face_x")).toEqual(set);
});

test("a set that was read from a coded file is written, and read again, in float32", async () => {
  const folder = await temporaryFolder();
  await writeEmbeddingSet(folder, { ...set, provenance: { ...set.provenance, coding: "principal basis" } });
  expect(await readEmbeddingSet(folder, "lfw", "face_x")).toEqual(set);
});

test("a file that does not say which code made it is of the first", async () => {
  expect((await readEmbeddingSet(await tampered({ drop: "pipelineVersion" }), "lfw", "face_x")).provenance.pipelineVersion).toBe("1");
});

test("the same set gives the same bytes", async () => {
  expect(await readFile(file(await written()))).toEqual(await readFile(file(await written())));
});

test("encoders of a face set share its items", async () => {
  const folder = await written();
  await writeEmbeddingSet(folder, { ...set, encoder: "vis_y" });
  expect((await readEmbeddingSet(folder, "lfw", "face_x")).items).toEqual((await readEmbeddingSet(folder, "lfw", "vis_y")).items);
});

test("a set whose items were changed by a later one says what to run", async () => {
  const folder = await written();
  await writeEmbeddingSet(folder, { ...set, encoder: "vis_y", items: [item("Ann"), item("Cy")] });
  await expect(readEmbeddingSet(folder, "lfw", "face_x")).rejects.toThrow(
    /face_x.safetensors: its rows are of other images than items.tsv lists; run: facebridge embed --faces lfw --encoders face_x --data <folder>$/,
  );
});

test("a set is current when items, networks and manifests are the same, whatever the package's version", async () => {
  const folder = await written();
  const isCurrent = (items = set.items, change = {}): Promise<boolean> =>
    embeddingSetIsCurrent(folder, "lfw", "face_x", items, { ...set.provenance, ...change });
  expect(await isCurrent()).toBe(true);
  expect(await isCurrent(set.items, { packageVersion: "9.9.9" })).toBe(true);
  expect(await isCurrent(set.items, { encoderSha256: "other" })).toBe(false);
  expect(await isCurrent(set.items, { pipelineVersion: "2" })).toBe(false);
  expect(await isCurrent([item("Ann"), item("Cy")])).toBe(false);
  expect(await embeddingSetIsCurrent(folder, "lfw", "vis_y", set.items, set.provenance)).toBe(false);
});

test("a set that is missing, or whose items are, says what to run", async () => {
  await expect(readEmbeddingSet(await temporaryFolder(), "lfw", "face_x")).rejects.toThrow(
    /^readEmbeddingSet: no file .*face_x.safetensors; there is no folder .*lfw: name another one, or run: facebridge embed --faces lfw --encoders face_x --data <folder>$/,
  );
  const folder = await written();
  await rm(path.join(folder, "lfw/items.tsv"));
  await expect(readEmbeddingSet(folder, "lfw", "face_x")).rejects.toThrow(
    /no file .*items.tsv; choose among face_x, or run: facebridge embed/,
  );
});

test("a renamed file is noticed", async () => {
  const folder = await written();
  await rename(file(folder), path.join(folder, "lfw/face_z.safetensors"));
  await expect(readEmbeddingSet(folder, "lfw", "face_z")).rejects.toThrow(
    'encoder is "face_x" inside and "face_z" by its name; rename it, or run',
  );
});

test.each<[string, Parameters<typeof tampered>[0], string]>([
  ["too few rows", { shape: [1, 6] }, '"embeddings" must be float32, 2 × d, and is Float32Array of shape 1 × 6; run: facebridge embed'],
  ["one side", { shape: [6] }, "and is Float32Array of shape 6;"],
  ["no columns", { shape: [2, 0], data: new Float32Array(0) }, "and is Float32Array of shape 2 × 0;"],
  ["float64", { data: new Float64Array(6) }, "and is Float64Array of shape 2 × 3;"],
  ["another tensor", { name: "other" }, "and is no tensor of that name;"],
  ["a NaN", { data: Float32Array.of(1, 2, 3, 4, NaN, 6) }, "row 1 holds NaN, and every value must be finite; run: facebridge embed"],
  ["no provenance", { drop: "detectorSha256" }, "__metadata__ has no detectorSha256; run: facebridge embed"],
])("a file with %s is refused", async (_, change, text) => {
  const reading = readEmbeddingSet(await tampered(change), "lfw", "face_x");
  await expect(reading).rejects.toThrow(DataError);
  await expect(reading).rejects.toThrow(text);
});

test("rows and items of different number are not written", async () => {
  const writing = writeEmbeddingSet("unused", { ...set, items: [item("Ann")] });
  await expect(writing).rejects.toThrow(ShapeError);
  await expect(writing).rejects.toThrow("writeEmbeddingSet: got 2 rows and 1 items; row i belongs to item i, so give as many");
});

test("nor are they packed", async () => {
  const packing = packEmbeddingSet("unused", { ...set, items: [item("Ann")] }, { engine: await chooseEngine() });
  await expect(packing).rejects.toThrow("got 2 rows and 1 items; row i belongs to item i");
});

test("infinities are not written", async () => {
  const embeddings = matrix32(2, 1, Float32Array.of(1, Infinity));
  await expect(writeEmbeddingSet("unused", { ...set, embeddings })).rejects.toThrow(
    "writeEmbeddingSet: face_x: row 1, column 0 is Infinity",
  );
});

test("ids that would lead elsewhere are refused", async () => {
  await expect(readEmbeddingSet("unused", "..", "face_x")).rejects.toThrow('embedding set: got the id ".."; ids are letters, digits');
  await expect(readEmbeddingSet("unused", "lfw", "a/b")).rejects.toThrow('got the id "a/b"');
});
