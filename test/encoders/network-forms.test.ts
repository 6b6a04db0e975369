import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { type EncoderManifest, listEncoderManifests, type Pooling } from "../../lib/data/index.js";
import type { Image } from "../../lib/encoders/image.js";
import { loadEncoder, toTensor } from "../../lib/encoders/index.js";
import { poolOutput } from "../../lib/encoders/pool.js";
import { rounding32, expectClose, type Tolerance } from "../close.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type TinyForm, tinyNetwork } from "./tiny-onnx.js";
import { tinyGraphModel } from "./tiny-tfjs.js";

const encoders = (await listEncoderManifests()).filter((network): network is EncoderManifest => network.kind !== "detector");

/** A crop of smooth colour that differs from place to place. */
function crop(size: number, seed: number): Image {
  const data = new Uint8Array(size * size * 3);
  data.forEach((_, i) => (data[i] = (i * 7 + seed * 53 + Math.floor(i / size)) % 256));
  return { width: size, height: size, data };
}

/** Rows that a tiny network of this form gives for three crops. */
async function rowsOf(manifest: EncoderManifest, form: TinyForm = {}): Promise<Float32Array> {
  const dataFolder = await temporaryFolder();
  const file = path.join(dataFolder, "encoders", manifest.weights[0].path);
  await mkdir(path.dirname(file), { recursive: true });
  const { graph, external } = tinyNetwork(manifest, form);
  await writeFile(file, graph);
  if (form.externalFile !== undefined) await writeFile(path.join(path.dirname(file), form.externalFile), external);
  const encoder = await loadEncoder(manifest, { dataFolder });
  const size = manifest.crop === "arcface-112" ? 112 : 224;
  const { rows, columns, data } = await encoder.embed([crop(size, 1), crop(size, 2), crop(size, 3)]);
  await encoder.close();
  expect([rows, columns]).toEqual([3, manifest.dimension]);
  return data;
}

function isFinite(data: Float32Array): boolean {
  return data.every((value) => Number.isFinite(value)) && data.some((value) => value !== 0);
}

test.each(encoders.filter(({ format }) => format === "onnx").map(({ id }) => id))(
  "%s: a network of its form loads by its manifest and gives finite embeddings of its dimension",
  async (id) => {
    expect(isFinite(await rowsOf(encoders.find((encoder) => encoder.id === id)!))).toBe(true);
  },
);

test.each(encoders.filter(({ format }) => format === "tfjs-graph").map(({ id }) => id))(
  "%s: a graph model of its form loads by its manifest and gives the mean colour through the matrix",
  async (id) => {
    const manifest = encoders.find((encoder) => encoder.id === id)!;
    const dataFolder = await temporaryFolder();
    const { json, bin, matrix } = tinyGraphModel(manifest);
    const [graph, shard] = manifest.weights.map(({ path: name }) => path.join(dataFolder, "encoders", name));
    await mkdir(path.dirname(graph), { recursive: true });
    await writeFile(graph, json);
    await writeFile(shard, bin);
    const encoder = await loadEncoder(manifest, { dataFolder });
    const crops = [crop(112, 1), crop(112, 2), crop(112, 3)];
    const { data } = await encoder.embed(crops);
    await encoder.close();

    const { dimension, input } = manifest;
    const tensor = toTensor(crops, input);
    const pixels = input.width * input.height;
    const expected = new Float32Array(3 * dimension);
    for (let i = 0; i < 3; i++) {
      const mean = [0, 0, 0];
      for (let k = 0; k < 3 * pixels; k++) mean[k % 3] += tensor[i * 3 * pixels + k] / pixels;
      for (let j = 0; j < dimension; j++)
        expected[i * dimension + j] = mean.reduce((sum, value, c) => sum + value * matrix[c * dimension + j], 0);
    }
    expectClose(data, expected, sums32);
  },
);

/** A sum of 224 × 224 values in float32, one after the other: at worst a rounding each. */
const sums32: Tolerance = { reason: "float32 sums", absolute: 0, relative: 224 * 224 * 2 ** -24, of: "largest" };

const small: EncoderManifest = {
  ...encoders.find(({ id }) => id === "face_mobileface_v3")!,
  id: "tiny",
  dimension: 8,
  input: { name: "picture", width: 16, height: 12, layout: "NCHW", channels: "RGB", mean: 127.5, scale: 1 / 127.5, batch: "any" },
  output: { name: "embedding" },
};

/** Halves keep eleven bits; eight sums of two roundings each. */
const half: Tolerance = { reason: "float16", absolute: 0, relative: 2 ** -9, of: "largest" };
/** Weights in steps of 1/32 about a normal draw: half a step in each of twelve terms of at most 1. */
const coarse: Tolerance = { reason: "int8 weights", absolute: 12 / 64, relative: 0, of: "entry" };

describe("the same network", () => {
  const forms: [string, TinyForm, Tolerance][] = [
    ["in float16", { type: "float16" }, half],
    ["with int8 weights", { int8: true }, coarse],
    ["with a fixed batch of one", { batch: 1 }, rounding32],
    ["with a fixed batch of four", { batch: 4 }, rounding32],
    ["with its weights in a file beside it", { externalFile: "tiny.onnx.data" }, rounding32],
  ];
  test.each(forms)("%s gives the same rows", async (_, form, tolerance) => {
    const manifest = form.batch === undefined ? small : { ...small, input: { ...small.input, batch: form.batch } };
    expectClose(await rowsOf(manifest, form), await rowsOf(small), tolerance);
  });

  test("that takes NHWC gives the same rows", async () => {
    expectClose(await rowsOf({ ...small, input: { ...small.input, layout: "NHWC" } }), await rowsOf(small), rounding32);
  });

  test("that takes bytes gives the rows of the unscaled pixels", async () => {
    const bytes = { ...small, input: { ...small.input, mean: 0, scale: 1 } };
    expectClose(await rowsOf(bytes, { type: "uint8" }), await rowsOf(bytes), rounding32);
  });

  test("is found without the names of its one input and output", async () => {
    const unnamed = { ...small, input: { ...small.input, name: null }, output: { name: null } };
    expectClose(await rowsOf(unnamed), await rowsOf(small), rounding32);
  });

  test("with attention inside the graph gives finite rows", async () => {
    expect(isFinite(await rowsOf(small, { attention: true }))).toBe(true);
  });

  test("that takes or gives other numbers is refused", async () => {
    await expect(rowsOf(small, { type: "int32" })).rejects.toThrow(
      "takes numbers of type int32; float32, float16 and uint8 are known, so convert it",
    );
    await expect(rowsOf(small, { gives: "int32" })).rejects.toThrow("gives numbers of type int32; float32, float16 and uint8 are known");
  });

  test("without the file of its weights is not loaded", async () => {
    const dataFolder = await temporaryFolder();
    const { graph } = tinyNetwork(small, { externalFile: "tiny.onnx.data" });
    await mkdir(path.join(dataFolder, "encoders"));
    const file = path.join(dataFolder, "encoders", small.weights[0].path);
    await writeFile(file, graph);
    await expect(loadEncoder(small, { dataFolder })).rejects.toThrow("is not an ONNX graph that onnxruntime can load (");
    await rm(file);
  });
});

describe("pooling", () => {
  // Two images, three tokens, two components.
  const tokens = { values: Float32Array.of(1, 2, 3, 4, 8, 9, 10, 20, 30, 40, 50, 60), shape: [2, 3, 2] };
  const cases: [Pooling, number[]][] = [
    ["class-token", [1, 2, 10, 20]],
    ["mean-tokens", [4, 5, 30, 40]],
    ["mean-patches", [5.5, 6.5, 40, 50]],
  ];
  test.each(cases)("%s of tokens", (pooling, expected) => {
    expect([...poolOutput(tokens, pooling, 2, 2, "net")]).toEqual(expected);
  });

  test("mean-map averages over the places of each plane", () => {
    const map = { values: Float32Array.of(1, 3, 5, 7, 10, 10, 20, 20), shape: [1, 2, 2, 2] };
    expect([...poolOutput(map, "mean-map", 1, 2, "net")]).toEqual([4, 15]);
  });

  test("none takes a vector in whatever shape it comes", () => {
    expect([...poolOutput({ values: Float32Array.of(1, 2, 3, 4), shape: [2, 2, 1, 1] }, "none", 2, 2, "net")]).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ["class-token", [2, 6], 'net has shape 2 × 6, and pooling "class-token" needs images × tokens × 2; correct output in its manifest'],
    ["mean-patches", [6, 1, 2], 'pooling "mean-patches" needs images × tokens × 2'],
    ["mean-tokens", [2, 2, 3], 'net has shape 2 × 2 × 3, and pooling "mean-tokens" needs images × tokens × 2'],
    ["mean-map", [2, 3, 2], 'pooling "mean-map" needs images × 2 × height × width'],
    ["none", [2, 6], "net has 6 values an image, the manifest says 2; correct output.name or dimension"],
  ] as const)("%s of another shape is refused", (pooling, shape, message) => {
    const output = { values: tokens.values, shape };
    expect(() => poolOutput(output, pooling, 2, 2, "net")).toThrow(DataError);
    expect(() => poolOutput(output, pooling, 2, 2, "net")).toThrow(message);
  });
});

test("a provider that is not to be had is an error, not another provider", async () => {
  const dataFolder = await temporaryFolder();
  await mkdir(path.join(dataFolder, "encoders"));
  await writeFile(path.join(dataFolder, "encoders", small.weights[0].path), tinyNetwork(small).graph);
  const loaded = await loadEncoder(small, { dataFolder, provider: "cuda" }).catch((error: unknown) => error as Error);
  if (!(loaded instanceof Error)) return; // this machine has a GPU that onnxruntime runs on
  expect(loaded.message).toMatch(
    /^loadOnnxNetwork: onnxruntime's CUDA provider is not to be had: .*; leave --provider cuda out, or mend that$/,
  );
});
