import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadEncoderManifest } from "../../lib/data/index.js";
import type { DetectorManifest, EncoderManifest } from "../../lib/data/encoder-manifest.js";
import { cropFace, fitSimilarity } from "../../lib/encoders/crop.js";
import { loadDetector } from "../../lib/encoders/detector.js";
import { loadEncoder } from "../../lib/encoders/encoder.js";
import { decodeImage, type Image } from "../../lib/encoders/image.js";
import { toTensor } from "../../lib/encoders/preprocess.js";
import { algebra, expectClose } from "../close.js";
import { realDataFolder } from "../real-data.js";

/** By onnxruntime, NumPy, SciPy and Pillow: see make_golden_encoders.py. */
const golden = JSON.parse(readFileSync(new URL("../golden/encoders.json", import.meta.url), "utf8")) as {
  image: string;
  sha256: string;
  score: number;
  landmarks: number[];
  similarity: Record<"arcface-112" | "context-224", number[]>;
  cropMeans: Record<"arcface-112" | "context-224", number[]>;
  tensors: Record<string, { mean: number; sd: number }>;
  embeddings: Record<string, number[]>;
};
const dataFolder = realDataFolder()!;

test("the crop's similarity is the least-squares one", () => {
  const template = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041];
  const { a, b, tx, ty } = fitSimilarity(golden.landmarks, template);
  expectClose([a, b, tx, ty], golden.similarity["arcface-112"], algebra);
});

describe.skipIf(realDataFolder() === null)("on a real face", () => {
  let image: Image;

  beforeAll(async () => {
    const bytes = readFileSync(path.join(dataFolder, "faces", golden.image));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(golden.sha256);
    image = await decodeImage(bytes);
  });

  test("the detector finds the face and landmarks that onnxruntime finds in Python", async () => {
    const manifest = (await loadEncoderManifest("det_scrfd_2.5g_bnkps")) as DetectorManifest;
    const detector = await loadDetector(manifest, { dataFolder, threads: 1 });
    const face = (await detector.detect(image))!;
    await detector.close();
    expect(face.score).toBeCloseTo(golden.score, 2);
    face.landmarks.forEach((value, i) => {
      expect(Math.abs(value - golden.landmarks[i])).toBeLessThan(0.1);
    });
  });

  test.each(["arcface-112", "context-224"] as const)("the %s crop shows the same pixels", (name) => {
    const { data } = cropFace(image, golden.landmarks, name);
    const means = [0, 1, 2].map((c) => data.reduce((sum, v, i) => (i % 3 === c ? sum + v : sum), 0) / (data.length / 3));
    means.forEach((mean, c) => {
      expect(Math.abs(mean - golden.cropMeans[name][c])).toBeLessThan(0.25);
    });
  });

  test.each(Object.keys(golden.embeddings))("%s preprocesses and embeds as in Python", async (id) => {
    const manifest = (await loadEncoderManifest(id)) as EncoderManifest;
    const crop = cropFace(image, golden.landmarks, manifest.crop);
    const tensor = toTensor([crop], manifest.input);
    const mean = tensor.reduce((sum, v) => sum + v, 0) / tensor.length;
    expect(Math.abs(mean - golden.tensors[id].mean)).toBeLessThan(0.01 * golden.tensors[id].sd);

    const encoder = await loadEncoder(manifest, { dataFolder });
    const { data } = await encoder.embed([crop]);
    await encoder.close();
    expect(cosine(data, golden.embeddings[id])).toBeGreaterThanOrEqual(0.9999);
  });
});

function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [product, oneEnergy, otherEnergy] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    product += one[i] * other[i];
    oneEnergy += one[i] ** 2;
    otherEnergy += other[i] ** 2;
  }
  return product / Math.sqrt(oneEnergy * otherEnergy);
}
