import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import {
  encoderManifestSha256,
  type EncoderManifest,
  faceSetManifestSha256,
  pickStudySet,
  listDownloads,
  listEncoderManifests,
  listFaceSetManifests,
  loadEncoderManifest,
  loadFaceSetManifest,
  loadPaper,
  manifestFolder,
  parseOverlap,
} from "../../lib/data/index.js";
import { findPaperEntry } from "../../lib/data/paper.js";
import { fileSha256 } from "../../lib/data/weights.js";

async function listEncoders(): Promise<EncoderManifest[]> {
  return (await listEncoderManifests()).filter((network) => network.kind !== "detector");
}

test("the committed manifests are valid: two detectors, and graph models for TensorFlow.js among the encoders", async () => {
  const networks = await listEncoderManifests();
  expect(networks.filter(({ kind }) => kind === "detector").map(({ id }) => id)).toEqual(["det_blazeface", "det_scrfd_2.5g_bnkps"]);
  expect(networks.filter(({ format }) => format === "tfjs-graph").map(({ id }) => id)).toEqual([
    "det_blazeface",
    "face_faceres",
    "face_mobileface_v3_tfjs",
  ]);
});

test("the published study's networks are all there, five of them with an address", async () => {
  const ids = (await listEncoderManifests()).map(({ id }) => id);
  for (const name of [
    "arcface",
    "adaface",
    "magface",
    "kprpe",
    "clip",
    "align",
    "dinov2",
    "sam",
    "blip2",
    "llava",
    "internvit",
    "kosmos2",
    "florence2",
  ]) {
    expect(
      ids.filter((id) => id.split("_")[1].startsWith(name)),
      name,
    ).toHaveLength(1);
  }
  const addresses = (await listDownloads()).filter(({ files }) => files.some(({ from }) => "url" in from));
  expect(addresses.map(({ id }) => id)).toEqual([
    "face_arcface_w600k_r50",
    "vis_clip_vit_b32",
    "vis_dinov2_vit_b14",
    "vis_florence2_base",
    "vis_sam_vit_b",
    "cfp",
    "lfw",
    "lfw-all",
  ]);
});

test("every manifest names its schema, and the loader leaves that out", async () => {
  for (const { id } of await listEncoderManifests()) {
    const text = await readFile(path.join(manifestFolder, "encoders", `${id}.json`), "utf8");
    expect((JSON.parse(text) as { $schema: string }).$schema).toBe("../encoders.schema.json");
  }
  expect(await loadEncoderManifest("face_esp_mbf")).not.toHaveProperty("$schema");
});

test("the packed encoders are six for faces and four for vision, 5,440 dimensions in all, of permissive licence", async () => {
  const packed = (await listEncoders()).filter((encoder) => encoder.packed);
  expect(packed.filter(({ kind }) => kind === "face")).toHaveLength(6);
  expect(packed.filter(({ kind }) => kind === "vision")).toHaveLength(4);
  expect(packed.reduce((sum, { dimension }) => sum + dimension, 0)).toBe(5440);
  expect(packed.every(({ licence }) => licence.permissive)).toBe(true);
});

test("three networks are held out", async () => {
  const heldOut = (await listEncoders()).filter(({ role }) => role === "held-out");
  expect(heldOut.map(({ id }) => id)).toEqual(["face_faceres", "face_openvino_0095", "vis_mobilenetv1_tf"]);
});

test("siblings are mutual, and of one source repository unless one is the other's TensorFlow.js form", async () => {
  const encoders = await listEncoders();
  const byId = new Map(encoders.map((encoder) => [encoder.id, encoder]));
  for (const { id, siblings } of encoders) {
    for (const sibling of siblings) expect(byId.get(sibling)?.siblings, `${sibling} of ${id}`).toContain(id);
  }
  for (const one of encoders) {
    const sameSource = encoders.filter((other) => other.id !== one.id && other.source.repository === one.source.repository);
    for (const other of sameSource) expect(one.siblings).toContain(other.id);
  }
  expect(byId.get("face_mobileface_v3_tfjs")?.siblings).toContain("face_mobileface_v3");
});

test("the committed face sets are valid, with the published protocols", async () => {
  const sets = await listFaceSetManifests();
  expect(sets.map(({ id }) => id)).toEqual(["casia-webface", "cfp", "lfw", "lfw-all"]);
  const protocols = sets.flatMap((set) => set.protocols.map((p) => [p.id, p.foldCount, p.matedPairsPerFold, p.nonMatedPairsPerFold]));
  expect(protocols).toEqual([
    ["cfp-ff", 10, 350, 350],
    ["cfp-fp", 10, 350, 350],
    ["lfw-view-2", 10, 300, 300],
  ]);
});

test("study sets are found by id with the face set that has them", async () => {
  const faceSets = await listFaceSetManifests();
  const { faceSet, studySet } = pickStudySet("cfp-fp", faceSets);
  expect(faceSet.id).toBe("cfp");
  expect(studySet).toEqual({ id: "cfp-fp", trainPoses: ["frontal", "profile"], galleryPose: "frontal", probePose: "profile" });
  expect(pickStudySet("lfw", faceSets).studySet.trainPoses).toBeNull();
});

test("the published numbers are fractions, and say that their place was not verified", async () => {
  const paper = await loadPaper();
  expect(findPaperEntry(paper, "aligned/tmr@fmr=1e-2/lfw")).toMatchObject({ value: 0.9666, unit: "fraction", approximate: false });
  expect(findPaperEntry(paper, "unaligned/auc")).toMatchObject({ value: 0.5, approximate: true });
  expect(paper.entries.every(({ where }) => where.includes("not verified"))).toBe(true);
});

test("the overlap table names 203 people of CFP in 205 rows", async () => {
  const people = parseOverlap(await readFile(path.join(manifestFolder, "overlap-cfp-lfw.tsv"), "utf8"), "overlap-cfp-lfw.tsv");
  expect(people).toHaveLength(205);
  expect(new Set(people.map(({ cfp }) => cfp)).size).toBe(203);
});

test("a manifest's hash is that of its file", async () => {
  expect(await encoderManifestSha256("face_esp_mbf")).toBe(await fileSha256(path.join(manifestFolder, "encoders/face_esp_mbf.json")));
  expect(await faceSetManifestSha256("lfw")).toBe(await fileSha256(path.join(manifestFolder, "face-sets/lfw.json")));
});

test("manifests are found from any working directory", async () => {
  const before = process.cwd();
  onTestFinished(() => {
    process.chdir(before);
  });
  process.chdir("/");
  expect((await loadFaceSetManifest("lfw")).counts).toEqual({ identities: 901, images: 4862 });
});
