import { mkdir, readFile, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import {
  checkWeights,
  type EncoderManifest,
  listEmbeddingSets,
  listEncoderManifests,
  loadEncoderManifest,
  localFolder,
  ownEmbeddings,
} from "../../lib/data/index.js";
import { addEncoder, type Image, loadEncoder, type NetworkAnswers, type SampledFaces } from "../../lib/encoders/index.js";
import { addedEmbeddings } from "../../lib/data/embedding-folders.js";
import { externalFiles } from "../../lib/encoders/onnx-external-files.js";
import { proposeInput, proposeOutput, readDimension } from "../../lib/encoders/propose-manifest.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { message, text } from "../../lib/linalg/protobuf.js";
import { tryPreprocessing } from "../../lib/study/index.js";
import { ownLocalFolder } from "../own-local-folder.js";
import { tinyNetwork, type TinyForm } from "./tiny-onnx.js";

let folder: string;
const answers: NetworkAnswers = { channels: "BGR", mean: 127.5, scale: 1 / 128, crop: "arcface-112" };

beforeEach(async () => {
  folder = await ownLocalFolder();
});

const like: Pick<EncoderManifest, "input" | "output" | "dimension"> = {
  input: { name: "photo", width: 40, height: 48, layout: "NCHW", channels: "RGB", mean: 0, scale: 1, batch: "any" },
  output: { name: "face" },
  dimension: 24,
};

async function putNetwork(form: TinyForm = {}, changes: Partial<EncoderManifest> = {}): Promise<string> {
  const { graph, external } = tinyNetwork({ ...(like as EncoderManifest), ...changes }, form);
  const file = path.join(folder, "net.onnx");
  await writeFile(file, graph);
  if (form.externalFile !== undefined) {
    await mkdir(path.dirname(path.join(folder, form.externalFile)), { recursive: true });
    await writeFile(path.join(folder, form.externalFile), external);
  }
  return file;
}

async function putEmbeddings(faceSet: string, encoder: string): Promise<void> {
  await mkdir(path.join(ownEmbeddings(), faceSet), { recursive: true });
  await writeFile(path.join(ownEmbeddings(), faceSet, `${encoder}.safetensors`), "");
}

async function embedded(): Promise<string[]> {
  const sets = (await listEmbeddingSets()).filter(({ from }) => from === "embedded");
  return sets.map(({ faceSet, encoder }) => `${faceSet}/${encoder}`);
}

const options = { id: "mine", answers, licence: "mine alone", replace: false };

describe("addEncoder", () => {
  test("makes a manifest of a graph and answers, with which the network is listed, checked and run", async () => {
    const made = await addEncoder(await putNetwork(), options);
    const manifest = (await loadEncoderManifest("mine")) as EncoderManifest;
    expect(manifest).toEqual(made);
    const { input, output, dimension, crop, role, packed, root, licence } = manifest;
    expect(input).toEqual({ ...like.input, channels: "BGR", mean: 127.5, scale: 1 / 128 });
    expect([output, dimension, crop, role, packed, root, licence.name]).toEqual([
      { name: "face" },
      24,
      "arcface-112",
      "held-out",
      false,
      localFolder(),
      "mine alone",
    ]);
    expect((await listEncoderManifests()).map(({ id }) => id)).toContain("mine");
    await checkWeights(manifest, "/no/data/folder");
    const encoder = await loadEncoder(manifest, { dataFolder: "/no/data/folder" });
    expect((await encoder.embed([{ width: 112, height: 112, data: new Uint8Array(112 * 112 * 3).fill(9) }])).columns).toBe(24);
    await encoder.close();
  });

  test("sees channels last, grey input, a fixed batch, and a batch of any that is none", async () => {
    const layouts: [TinyForm, Partial<EncoderManifest["input"]>][] = [
      [{}, { layout: "NHWC", channels: "BGR" }],
      [{}, { channels: "GRAY" }],
      [{ batch: 2 }, { batch: 2 }],
    ];
    for (const [form, changes] of layouts) {
      const wanted = { ...like.input, ...changes };
      const { input } = await addEncoder(await putNetwork(form, { input: wanted }), { ...options, replace: true });
      expect(input).toEqual({ ...wanted, channels: wanted.channels === "GRAY" ? "GRAY" : "BGR", mean: 127.5, scale: 1 / 128 });
    }
  });

  test("copies files of external data, and refuses those that lie elsewhere or are not there", async () => {
    const { weights } = await addEncoder(await putNetwork({ externalFile: "parts/w.bin" }), options);
    expect(weights.map(({ path: name }) => name)).toEqual(["mine/net.onnx", "mine/parts/w.bin"]);
    expect(await readdir(path.join(localFolder(), "encoders/mine/parts"))).toEqual(["w.bin"]);
    for (const [externalFile, message] of [
      ["../w.bin", 'external data of net.onnx is "../w.bin"; it must be a relative path without ".."'],
      ["/etc/hostname", 'external data of net.onnx is "/etc/hostname"; it must be a relative path'],
      ["gone.bin", "net.onnx needs gone.bin beside it, which is not there"],
      ["link.bin", "link.bin is a link that leads out of"],
    ] as const) {
      const { graph } = tinyNetwork(like as EncoderManifest, { externalFile });
      const inner = path.join(folder, "inner");
      await mkdir(inner, { recursive: true });
      if (externalFile === "link.bin") await symlink("/etc/hostname", path.join(inner, "link.bin"));
      await writeFile(path.join(inner, "net.onnx"), graph);
      await expect(addEncoder(path.join(inner, "net.onnx"), { ...options, id: "other" })).rejects.toThrow(DataError);
      await expect(addEncoder(path.join(inner, "net.onnx"), { ...options, id: "other" })).rejects.toThrow(message);
    }
    expect((await readdir(path.join(localFolder(), "encoders"))).sort()).toEqual(["mine", "mine.json"]);
  });

  test("puts a network in the place of the user's own, and of no other", async () => {
    const file = await putNetwork();
    await addEncoder(file, options);
    await expect(addEncoder(file, options)).rejects.toThrow(
      '"mine" is there already (encoders); give another: --as <id>, or put this in its place: --replace',
    );
    const again = await addEncoder(file, { ...options, answers: { ...answers, channels: "RGB" }, replace: true });
    expect((await loadEncoderManifest("mine")).input).toEqual(again.input);
    await expect(addEncoder(file, { ...options, id: "face_esp_mbf", replace: true })).rejects.toThrow(
      new DataError('"face_esp_mbf" is there already (encoders); give another: --as <id>'),
    );
  });

  test("refuses a name that leads out of the user's folder, also of something to replace", async () => {
    await mkdir(path.join(localFolder(), "encoders"), { recursive: true });
    await writeFile(path.join(localFolder(), "kept.json"), "{}");
    await expect(addEncoder(await putNetwork(), { ...options, id: "../kept", replace: true })).rejects.toThrow(
      '"../kept" is no id; give letters',
    );
  });

  test("takes what a network has embedded away when another is put in its place, and leaves the other networks' rows", async () => {
    const file = await putNetwork();
    await addEncoder(file, options);
    for (const faceSet of ["one", "two"]) for (const encoder of ["mine", "other"]) await putEmbeddings(faceSet, encoder);
    await addEncoder(file, { ...options, id: "second" });
    expect(await embedded()).toEqual(["one/mine", "one/other", "two/mine", "two/other"]);
    await addEncoder(file, { ...options, answers: { ...answers, channels: "RGB" }, replace: true });
    expect(await embedded()).toEqual(["one/other", "two/other"]);

    await putEmbeddings("one", "mine");
    await rm(path.join(localFolder(), "encoders", "mine.json"));
    await addEncoder(file, options);
    expect(await embedded()).toEqual(["one/other", "two/other"]);
  });

  test("refuses the name of embeddings that were made elsewhere, which would be taken for the network's", async () => {
    const file = await putNetwork();
    await mkdir(addedEmbeddings("mine"), { recursive: true });
    await expect(addEncoder(file, options)).rejects.toThrow(
      new DataError(
        `addEncoder: embeddings of "mine" were added, in ${addedEmbeddings("mine")}; give the network another name: --as <id>, or take them away`,
      ),
    );
  });

  test("refuses what is no network, and leaves nothing behind", async () => {
    const file = await putNetwork();
    const graph = await readFile(file);
    const cases: [string, string | Uint8Array, string][] = [
      ["net.pt", graph, "net.pt is no .onnx file and no .json of a TensorFlow.js graph model; convert it to one of them"],
      ["cut.onnx", graph.subarray(0, graph.length - 5), "it is no ONNX graph, or was cut short; get the file again or convert it"],
      ["empty.onnx", "", "it is no ONNX graph, or was cut short"],
      ["words.onnx", "not a graph at all", "it is no ONNX graph, or was cut short"],
      ["hollow.onnx", Uint8Array.from([8, 8]), "is not an ONNX graph that onnxruntime can load"],
      ["model.json", "{}", "model.json has no modelTopology and weightsManifest; give a TensorFlow.js graph model"],
      ["null.json", "null", "null.json has no modelTopology and weightsManifest"],
      ["group.json", '{"modelTopology":{},"weightsManifest":[{"paths":3}]}', "group.json has a weightsManifest without paths and weights"],
      [
        "out.json",
        '{"modelTopology":{},"weightsManifest":[{"paths":["../w.bin"],"weights":[]}]}',
        'names weights outside its folder ("../w.bin")',
      ],
      [
        "bare.json",
        '{"modelTopology":{},"weightsManifest":[{"paths":["w.bin"],"weights":[]}]}',
        "bare.json needs w.bin beside it, which is not there",
      ],
      ["odd.json", '{"modelTopology":{"node":3},"weightsManifest":[]}', "odd.json is no graph model that TensorFlow.js can load"],
    ];
    for (const [name, content, message] of cases) {
      await writeFile(path.join(folder, name), content);
      await expect(addEncoder(path.join(folder, name), options), name).rejects.toThrow(message);
    }
    expect(await readdir(localFolder()).catch(() => "none")).toBe("none");
  });
});

test("a graph that nests without end, or whose file is shorter than it says, ends with an error", async () => {
  const file = path.join(folder, "deep.onnx");
  let content: number[] = [];
  for (let depth = 0; depth < 70; depth++) content = message(1, message(5, message(6, content)));
  await writeFile(file, Uint8Array.from(message(7, content)));
  expect(() => externalFiles(file)).toThrow("it is no ONNX graph, or was cut short");
  await truncate(file, 10);
  expect(() => externalFiles(file)).toThrow("it is no ONNX graph, or was cut short");
  expect(() => externalFiles(path.join(folder, "no.onnx"))).toThrow("no.onnx: cannot be opened (ENOENT); name a file");
  const location = message(13, [...text(1, "location"), ...text(2, "a.bin")]);
  const attribute = message(5, message(5, location));
  await writeFile(file, Uint8Array.from([...message(7, [...message(5, location), ...message(1, attribute)]), ...message(25, message(7, message(5, message(5, message(13, [...text(1, "location"), ...text(2, "b.bin")])))))])); // prettier-ignore
  expect(externalFiles(file)).toEqual(["a.bin", "b.bin"]);
});

describe("what a graph says", () => {
  const image = (shape: readonly (number | null)[] | null, name = "x") => ({ name, type: "float32", shape });
  const inputOf = (shape: readonly (number | null)[] | null, changes: Partial<NetworkAnswers> = {}) =>
    proposeInput({ inputs: [image(shape)], outputs: [] }, { ...answers, ...changes });

  test.each<[string, () => unknown, string]>([
    ["no image", () => inputOf([1, 512]), 'input "x" is 1 × 512; an image input has four axes'],
    ["an unknown shape", () => inputOf(null), 'input "x" is of an unknown shape; an image input has four axes'],
    ["no axis of channels", () => inputOf([null, null, null, null]), "no axis has one or three channels; say --layout NCHW or NHWC"],
    ["any size", () => inputOf([null, 3, null, null]), "the graph takes any size; say which: --size 112x112"],
    [
      "another size",
      () => inputOf([1, 3, 112, 112], { size: { width: 96, height: 112 } }),
      "the graph takes 112 × 112 pixels, not 96 × 112; leave --size out",
    ],
    [
      "four channels",
      () => inputOf([1, 4, 112, 112], { layout: "NCHW" }),
      'input "x" takes 4 channels; one (grey) or three are known, so see --layout',
    ],
    ["three channels for grey", () => inputOf([1, 3, 112, 112], { channels: "GRAY" }), "takes three channels; say --channels RGB or BGR"],
    [
      "three means for grey",
      () => inputOf([1, 1, 112, 112], { mean: [1, 2, 3] }),
      "takes grey images; give one number for --mean and --scale",
    ],
    [
      "two inputs",
      () => proposeInput({ inputs: [image([1, 3, 9, 9]), image([1], "y")], outputs: [] }, { ...answers, inputName: "x" }),
      'the graph takes 2 inputs ("x" (1 × 3 × 9 × 9), "y" (1))',
    ],
    [
      "two outputs alike",
      () => proposeOutput({ inputs: [], outputs: [image([1, 99], "a"), image([1, 88], "b")] }, undefined),
      'the graph has 2 outputs: "a" (1 × 99), "b" (1 × 88); say which: --output <name>',
    ],
    [
      "another output",
      () => proposeOutput({ inputs: [], outputs: [image([1, 99], "a")] }, "c"),
      'the graph has no output "c": "a" (1 × 99); say which: --output <name>',
    ],
    [
      "tokens",
      () => readDimension({ shape: [1, 5, 64], values: new Float32Array(320) }, undefined),
      "the output is 1 × 5 × 64, not one vector an image; say how it becomes one: --pooling class-token",
    ],
    [
      "a map",
      () => readDimension({ shape: [1, 64, 7, 7], values: new Float32Array(3136) }, undefined),
      "say how it becomes one: --pooling mean-map",
    ],
    [
      "a short vector",
      () => readDimension({ shape: [1, 2], values: new Float32Array(2) }, undefined),
      "2 values an image; an embedding has 16 or more, so name another: --output <name>",
    ],
  ])("%s is asked about", (_, propose, message) => {
    expect(propose).toThrow(DataError);
    expect(propose).toThrow(message);
  });

  test("an answer settles size, layout and pooling; the one wide output is the embedding", () => {
    expect(inputOf([null, null, null, null], { layout: "NHWC", size: { width: 5, height: 6 } })).toMatchObject({ width: 5, height: 6, layout: "NHWC", batch: "any" }); // prettier-ignore
    expect(proposeOutput({ inputs: [], outputs: [image([1, 2], "age"), image([1, 128], "face")] }, undefined)).toBe("face");
    expect(readDimension({ shape: [1, 128, 1, 1], values: new Float32Array(128) }, undefined)).toEqual({ dimension: 128, pooling: "none" });
    expect(readDimension({ shape: [1, 64, 7, 7], values: new Float32Array(3136) }, "mean-map")).toEqual({
      dimension: 64,
      pooling: "mean-map",
    });
  });
});

/** Faces of 12 people, three images each: a pattern of quarters that is a person's own, under noise. */
function patterns(seed: number, noise: number): { identities: string[]; images: Image[] } {
  const random = createRandom(seed);
  const identities: string[] = [];
  const images: Image[] = [];
  for (let person = 0; person < 12; person++) {
    const own = Array.from({ length: 12 }, () => 50 * random.normal());
    for (let k = 0; k < 3; k++) {
      const seen = own.map((v) => Math.max(0, Math.min(255, 128 + v + noise * random.normal())));
      const valueAt = (p: number, c: number): number => seen[3 * (2 * Math.floor(p / (112 * 56)) + Math.floor((p % 112) / 56)) + c];
      identities.push(`p${person}`);
      images.push({
        width: 112,
        height: 112,
        data: Uint8Array.from({ length: 112 * 112 * 3 }, (_, i) => valueAt(Math.floor(i / 3), i % 3)),
      });
    }
  }
  return { identities, images };
}

describe("tryPreprocessing", () => {
  const clear = patterns(4, 15);
  const square = { ...like.input, width: 112, height: 112 };

  test("finds the crop that shows people more clearly, and nothing when the manifest has it (seed 4)", async () => {
    const faces: SampledFaces = {
      identities: clear.identities,
      crops: { "arcface-112": clear.images, "context-224": patterns(4, 60).images },
    };
    const manifest = await addEncoder(await putNetwork({}, { input: square }), options);
    const trial = { dataFolder: "", engine: await chooseEngine() };
    const right = await tryPreprocessing(manifest, faces, trial);
    expect([right.better, right.own.name, right.others.map(({ name }) => name)]).toEqual([
      null,
      "as the manifest says",
      [
        "x in 0..255",
        "x in [0, 1]",
        "ImageNet mean and scale",
        "ImageNet mean alone",
        expect.stringMatching(/RGB$/),
        expect.stringMatching(/context-224$/),
      ],
    ]);
    const { own, better } = await tryPreprocessing({ ...manifest, crop: "context-224" }, faces, trial);
    expect(better!.crop).toBe("arcface-112");
    expect(better!.gain).toBeGreaterThan(0);
    expect([better!.low < better!.gain, better!.low > 0, own.dPrime! < right.own.dPrime!]).toEqual([true, true, true]);
  });

  test("finds the scale of a network that takes whole numbers, and calls what gives no vectors so (seed 4)", async () => {
    const faces: SampledFaces = { identities: clear.identities, crops: { "arcface-112": clear.images, "context-224": clear.images } };
    const manifest = await addEncoder(await putNetwork({ type: "uint8" }, { input: square }), {
      ...options,
      answers: { ...answers, mean: 0, scale: 1 / 255 },
    });
    const { own, others, better } = await tryPreprocessing(manifest, faces, { dataFolder: "", engine: await chooseEngine() });
    expect(better!.scale).toBe(1);
    expect(own.dPrime ?? 0).toBeLessThan(better!.dPrime!);
    const black = { ...manifest, input: { ...manifest.input, mean: 300 } };
    expect((await tryPreprocessing(black, faces, { dataFolder: "", engine: await chooseEngine() })).own).toMatchObject({
      auc: null,
      dPrime: null,
    });
    expect(others.length).toBe(6);
  });
});
