import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import type { EncoderManifest } from "../../lib/data/encoder-manifest.js";
import { loadEncoderManifest } from "../../lib/data/index.js";
import { loadEncoder } from "../../lib/encoders/encoder.js";
import type { Image } from "../../lib/encoders/image.js";
import { loadOnnxNetwork } from "../../lib/encoders/onnx-network.js";
import { gemmModel } from "../../lib/linalg/onnx-gemm.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

const names = { inputName: "left", outputNames: ["product"], threads: 1 };

async function onnxFile(bytes: Uint8Array): Promise<string> {
  const file = path.join(await temporaryFolder(), "network.onnx");
  await writeFile(file, bytes);
  return file;
}

describe("loadOnnxNetwork", () => {
  test("refuses a file that is no ONNX graph", async () => {
    const file = await onnxFile(Buffer.from("PK not a graph"));
    await expect(loadOnnxNetwork(file, names)).rejects.toThrow(
      /is not an ONNX graph that onnxruntime can load .*; get the file again or convert it/,
    );
  });

  test("refuses a graph that is cut short", async () => {
    const model = gemmModel({ width: "float32", transposeLeft: false, transposeRight: false });
    const file = await onnxFile(model.subarray(0, model.length - 20));
    await expect(loadOnnxNetwork(file, names)).rejects.toThrow(DataError);
  });

  test("names the inputs and outputs that there are when the manifest's is another", async () => {
    const file = await onnxFile(gemmModel({ width: "float32", transposeLeft: false, transposeRight: false }));
    await expect(loadOnnxNetwork(file, { ...names, inputName: "data" })).rejects.toThrow(
      `${file} has no input "data" but "left", "right"; correct input.name in its manifest`,
    );
    await expect(loadOnnxNetwork(file, { ...names, outputNames: ["fc1"] })).rejects.toThrow(
      `${file} has no output "fc1" but "product"; correct output.name in its manifest`,
    );
  });
});

describe.skipIf(realDataFolder() === null)("loadEncoder on real networks", () => {
  const dataFolder = realDataFolder()!;
  const crop: Image = { width: 112, height: 112, data: Uint8Array.from({ length: 112 * 112 * 3 }, (_, i) => (i * 31) % 256) };

  async function manifestOf(id: string): Promise<EncoderManifest> {
    return (await loadEncoderManifest(id)) as EncoderManifest;
  }

  test("names the dimension that the graph has when the manifest's is another", async () => {
    const manifest = { ...(await manifestOf("face_mobileface_v3")), dimension: 512 };
    const encoder = await loadEncoder(manifest, { dataFolder });
    await expect(encoder.embed([crop])).rejects.toThrow(
      'face_mobileface_v3: output "batchnorm0" has 256 values an image, the manifest says 512; correct output.name or dimension',
    );
  });

  test("gives the same rows whatever else is in the batch", async () => {
    const encoder = await loadEncoder(await manifestOf("face_mobileface_v3"), { dataFolder });
    const other: Image = { ...crop, data: crop.data.map((v) => 255 - v) };
    const alone = (await encoder.embed([crop])).data;
    const together = (await encoder.embed([other, crop, other])).data.subarray(256, 512);
    const [largest, difference] = [Math.max(...alone.map(Math.abs)), Math.max(...alone.map((v, i) => Math.abs(v - together[i])))];
    expect(difference).toBeLessThan(1e-5 * largest);
  });

  test("runs a TensorFlow.js graph model that agrees with its ONNX twin", async () => {
    const [graph, twin] = await Promise.all(
      ["face_mobileface_v3_tfjs", "face_mobileface_v3"].map(async (id) => loadEncoder(await manifestOf(id), { dataFolder })),
    );
    const [one, other] = [(await graph.embed([crop])).data, (await twin.embed([crop])).data];
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * b[i], 0);
    expect(dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))).toBeGreaterThan(0.999);
  });

  test("refuses a graph model whose weights lie elsewhere, is no JSON, or lacks the input", async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, "encoders/tfjs_mobileface_v3"), { recursive: true });
    const manifest = await manifestOf("face_mobileface_v3_tfjs");
    const file = path.join(folder, "encoders", manifest.weights[0].path);
    const load = (changed: EncoderManifest = manifest) => loadEncoder(changed, { dataFolder: folder });

    await writeFile(file, "{");
    await expect(load()).rejects.toThrow("is not the JSON of a TensorFlow.js graph model; get it again");
    await writeFile(file, "{}");
    await expect(load()).rejects.toThrow("has no modelTopology and weightsManifest; give a TensorFlow.js graph model");
    await writeFile(file, JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ["../secret.bin"], weights: [] }] }));
    await expect(load()).rejects.toThrow('names weights outside its folder ("../secret.bin"); they must lie beside it');
    for (const { path: name } of manifest.weights)
      await copyFile(path.join(dataFolder, "encoders", name), path.join(folder, "encoders", name));
    await expect(load({ ...manifest, input: { ...manifest.input, name: "image" } })).rejects.toThrow('has no input "image" but "data"');
  });
});
