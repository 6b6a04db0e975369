import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import {
  findPaperEntry,
  listFaceSetManifests,
  pickStudySet,
  loadEncoderManifest,
  loadFaceSetManifest,
  loadPaper,
  manifestFolder,
  manifestSha256,
} from "../../lib/data/index.js";
import { temporaryFolder } from "../temporary-folder.js";

type Json = Record<string, unknown>;

/** A manifest folder with one manifest, which `change` was applied to. */
async function changed(file: string, change: (manifest: Json) => unknown, { as = file } = {}): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.dirname(path.join(folder, as)), { recursive: true });
  const manifest = JSON.parse(await readFile(path.join(manifestFolder, file), "utf8")) as Json;
  change(manifest);
  await writeFile(path.join(folder, as), JSON.stringify(manifest));
  return folder;
}

const mbf = "encoders/face_esp_mbf.json";
const cfp = "face-sets/cfp.json";

describe("an encoder manifest", () => {
  const cases: [string, (manifest: Json) => unknown, string][] = [
    [
      "with a misspelt key names the nearest",
      (m) => ((m.input as Json).meen = delete (m.input as Json).mean),
      'field input.meen is not known; did you mean "mean"?',
    ],
    [
      "with a strange key lists the known ones",
      (m) => ((m.output as Json).qqqqqq = 1),
      "field output.qqqqqq is not known; known here: name",
    ],
    ["without a field names it", (m) => delete m.dimension, "field dimension is missing; add it"],
    ["with a text for a number", (m) => (m.dimension = "512"), 'field dimension is "512"; it must be integer'],
    ["with a misspelt word", (m) => (m.role = "heldout"), 'field role is "heldout"; it must be "development" or "held-out"; did you mean'],
    [
      "with a short hash",
      (m) => ((m.weights as Json[])[0].sha256 = "abc"),
      'field weights.0.sha256 is "abc"; it must match pattern "^[0-9a-f]{64}$" (64 hex digits in lower case',
    ],
    ["with a long text", (m) => (m.dimension = "x".repeat(200)), "…; it must be integer"],
    ["of another kind", (m) => (m.kind = "voice"), 'field kind is "voice"; it must be "face" or "vision" or "detector"'],
    [
      "with weights outside the data folder",
      (m) => ((m.weights as Json[])[0].path = "../secret.onnx"),
      'field weights.0.path is "../secret.onnx"; it must be a relative path without ".."',
    ],
    [
      "with an absolute path",
      (m) => ((m.weights as Json[])[0].path = "/etc/passwd"),
      'field weights.0.path is "/etc/passwd"; it must be a relative path',
    ],
    [
      "with three means for one channel",
      (m) => Object.assign(m.input as Json, { channels: "GRAY", mean: [1, 2, 3] }),
      'field input.mean has three numbers and input.channels is "GRAY"; give one number',
    ],
    ["with another id", (m) => (m.id = "face_other"), 'field id is "face_other"; it must be the file\'s name, "face_esp_mbf"'],
  ];
  test.each(cases)("%s", async (_, change, text) => {
    const folder = await changed(mbf, change);
    const loading = loadEncoderManifest("face_esp_mbf", { folder });
    await expect(loading).rejects.toThrow(DataError);
    await expect(loading).rejects.toThrow(text);
    await expect(loading).rejects.toThrow("encoders/face_esp_mbf.json: ");
  });

  test("of a misspelt detector is said to be of no kind", async () => {
    const folder = await changed("encoders/det_scrfd_2.5g_bnkps.json", (m) => (m.kind = "detectr"));
    await expect(loadEncoderManifest("det_scrfd_2.5g_bnkps", { folder })).rejects.toThrow(
      'field kind is "detectr"; it must be "face" or "vision" or "detector"; did you mean "detector"?',
    );
  });

  test("of a detector is held against the detector's fields", async () => {
    const folder = await changed("encoders/det_scrfd_2.5g_bnkps.json", (m) => ((m.outputs as Json).scores = ["446"]));
    await expect(loadEncoderManifest("det_scrfd_2.5g_bnkps", { folder })).rejects.toThrow(
      'field outputs.scores is ["446"]; it must NOT have fewer than 3 items',
    );
  });

  test("that is not JSON says so", async () => {
    const folder = await changed(mbf, () => null);
    await writeFile(path.join(folder, mbf), "{");
    await expect(loadEncoderManifest("face_esp_mbf", { folder })).rejects.toThrow(
      /^encoders\/face_esp_mbf.json: not JSON \(.*\); correct it$/,
    );
  });

  test("that is not there lists those that are, the nearest first", async () => {
    await expect(loadEncoderManifest("face_esp_mbg")).rejects.toThrow(
      /^no encoder "face_esp_mbg" in .*; did you mean "face_esp_mbf"\? There are: det_blazeface, det_scrfd_2.5g_bnkps, face_adaface_ir101_webface12m, /,
    );
    await expect(manifestSha256("encoders", "../face-sets/lfw")).rejects.toThrow('no encoder "../face-sets/lfw" in ');
  });

  test("in a folder without any says so", async () => {
    const folder = await temporaryFolder();
    await expect(loadEncoderManifest("x", { folder })).rejects.toThrow("cannot be read; name a folder that holds encoders/ and face-sets/");
    await mkdir(path.join(folder, "encoders"));
    await expect(loadEncoderManifest("x", { folder })).rejects.toThrow(/no encoder "x" in .*; there are none/);
  });
});

describe("a face set", () => {
  const cases: [string, (manifest: Json) => unknown, string][] = [
    ["whose folder leads upwards", (m) => (m.folder = "a/../../b"), 'field folder is "a/../../b"; it must be a relative path without ".."'],
    ["whose images are elsewhere", (m) => (m.images = "C:\\faces"), 'field images is "C:\\faces"; it must be a relative path'],
    [
      "whose pair list is elsewhere",
      (m) => ((m.protocols as Json[])[0].files = ["../pairs.csv"]),
      'field protocols.0.files.0 is "../pairs.csv"; it must be a relative path',
    ],
    [
      "that takes fewer images than it asks for",
      (m) => (m.selection = { minImages: 3, maxImages: 2 }),
      "field selection.maxImages is 2; it must be at least minImages, 3, or null",
    ],
    [
      "with a strange pose",
      (m) => ((m.studySets as Json[])[0].galleryPose = "front"),
      'field studySets.0.galleryPose is "front"; it must be "frontal"',
    ],
  ];
  test.each(cases)("%s", async (_, change, text) => {
    await expect(loadFaceSetManifest("cfp", { folder: await changed(cfp, change) })).rejects.toThrow(`face-sets/cfp.json: ${text}`);
  });

  test("that is not there is named as such", async () => {
    await expect(loadFaceSetManifest("lwf")).rejects.toThrow(/^no face set "lwf" in .*; there are: casia-webface, cfp, lfw, lfw-all$/);
  });

  test("with a study set of a taken name is refused", async () => {
    const folder = await changed(cfp, () => null);
    const other = JSON.parse(await readFile(path.join(folder, cfp), "utf8")) as Json;
    await writeFile(path.join(folder, "face-sets/mine.json"), JSON.stringify({ ...other, id: "mine" }));
    const faceSets = await listFaceSetManifests({ folder });
    expect(() => pickStudySet("cfp", faceSets)).toThrow(
      'pickStudySet: "cfp" is in face-sets/cfp.json and face-sets/mine.json; give each study set an id of its own',
    );
  });

  test("without the study set lists those there are", async () => {
    const faceSets = await listFaceSetManifests();
    expect(() => pickStudySet("cfpfp", faceSets)).toThrow(
      'no study set "cfpfp"; did you mean "cfp-fp"? There are: webface, cfp, cfp-fp, lfw',
    );
    expect(() => pickStudySet("agedb", faceSets)).toThrow('no study set "agedb"; there are: webface, cfp, cfp-fp, lfw');
  });
});

describe("the published numbers", () => {
  test("must be fractions", async () => {
    const folder = await changed("paper.json", (m) => ((m.entries as Json[])[1].value = 64.2));
    await expect(loadPaper({ folder })).rejects.toThrow("paper.json: field entries.1.value is 64.2; it must be <= 1");
    const percent = await changed("paper.json", (m) => ((m.entries as Json[])[1].unit = "percent"));
    await expect(loadPaper({ folder: percent })).rejects.toThrow('field entries.1.unit is "percent"; it must be "fraction"');
  });

  test("must be there, and each once", async () => {
    await expect(loadPaper({ folder: await temporaryFolder() })).rejects.toThrow(/^loadPaper: .*paper.json cannot be read; restore it$/);
    const folder = await changed("paper.json", (m) => (m.entries as Json[]).push((m.entries as Json[])[0]));
    await expect(loadPaper({ folder })).rejects.toThrow('paper.json: entry "aligned/auc/cfp" is there twice; keep one');
  });

  test("that are not there are named", async () => {
    const paper = await loadPaper();
    expect(() => findPaperEntry(paper, "aligned/auc/cpf")).toThrow(
      'paper.json: no entry "aligned/auc/cpf"; did you mean "aligned/auc/cfp"? There are: ',
    );
  });
});
