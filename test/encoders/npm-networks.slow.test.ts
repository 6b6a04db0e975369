import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type DetectorManifest, type EncoderManifest, loadEncoderManifest } from "../../lib/data/index.js";
import { cropFace, decodeImage, type Image, loadDetector, loadEncoder } from "../../lib/encoders/index.js";
import { realDataFolder } from "../real-data.js";

const dataFolder = realDataFolder()!;

const manifestOf = async (id: string): Promise<EncoderManifest> => (await loadEncoderManifest(id)) as EncoderManifest;

/** The faces of the first `imageCount` images of the first `peopleCount` people of LFW who have as many, cropped for face networks. */
async function lfwCrops(peopleCount: number, imageCount: number, detectorId: string): Promise<{ crops: Image[]; people: string[] }> {
  const folder = path.join(dataFolder, "faces/lfw/images");
  const detector = await loadDetector((await loadEncoderManifest(detectorId)) as DetectorManifest, { dataFolder, threads: 2 });
  const crops: Image[] = [];
  const people: string[] = [];
  for (const person of (await readdir(folder)).sort()) {
    const names = (await readdir(path.join(folder, person))).sort();
    if (names.length < imageCount || crops.length === peopleCount * imageCount) continue;
    for (const name of names.slice(0, imageCount)) {
      const image = await decodeImage(await readFile(path.join(folder, person, name)));
      const face = (await detector.detect(image))!;
      crops.push(cropFace(image, face.landmarks, "arcface-112"));
      people.push(person);
    }
  }
  await detector.close();
  return { crops, people };
}

/** Unit rows of a network, one crop at a time. */
async function unitRows(id: string, crops: readonly Image[]): Promise<Float32Array[]> {
  const encoder = await loadEncoder(await manifestOf(id), { dataFolder, threads: 2 });
  const rows: Float32Array[] = [];
  for (const crop of crops) {
    const { data } = await encoder.embed([crop]);
    const length = Math.hypot(...data);
    rows.push(data.map((value) => value / length));
  }
  await encoder.close();
  return rows;
}

const dot = (one: Float32Array, other: Float32Array): number => one.reduce((sum, value, i) => sum + value * other[i], 0);

/** A thousand runs of a TensorFlow.js network: a minute or two on two free cores. */
const patienceMs = 1_800_000;

/** Share of mated scores above non-mated ones. */
function areaUnderCurve(rows: readonly Float32Array[], people: readonly string[]): number {
  const mated: number[] = [];
  const others: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) (people[i] === people[j] ? mated : others).push(dot(rows[i], rows[j]));
  }
  const sorted = Float64Array.from(others).sort();
  const below = (score: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < score) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return mated.reduce((sum, score) => sum + below(score), 0) / (mated.length * sorted.length);
}

const fetched = (file: string): boolean => realDataFolder() !== null && existsSync(path.join(dataFolder, "encoders", file));
const hasFaceres = fetched("tfjs_faceres/faceres.bin");
const hasBlazeface = fetched("tfjs_blazeface/blazeface.bin");
if (!hasFaceres || !hasBlazeface) {
  // eslint-disable-next-line no-console -- whoever reads the result must see that these tests did not run
  console.warn(
    "\n!!! SKIPPED: faceres or BlazeFace on LFW. Run: facebridge data get face_faceres det_blazeface --accept-licence --data <folder>\n",
  );
}

describe.skipIf(realDataFolder() === null)("networks of the npm package", () => {
  test("the TensorFlow.js network and its ONNX twin agree on 64 real faces", async () => {
    const { crops } = await lfwCrops(16, 4, "det_scrfd_2.5g_bnkps");
    expect(crops).toHaveLength(64);
    const [graph, twin] = [await unitRows("face_mobileface_v3_tfjs", crops), await unitRows("face_mobileface_v3", crops)];
    graph.forEach((row, i) => {
      expect(dot(row, twin[i]), `face ${i}`).toBeGreaterThan(0.999);
    });
  });

  test.skipIf(!hasFaceres)(
    "faceres and mobileface reach on 80 × 6 images of LFW what their manifests report",
    async () => {
      const { crops, people } = await lfwCrops(80, 6, "det_scrfd_2.5g_bnkps");
      expect(crops).toHaveLength(480);
      for (const id of ["face_faceres", "face_mobileface_v3_tfjs"]) {
        const { reported } = await manifestOf(id);
        expect(Math.abs(areaUnderCurve(await unitRows(id, crops), people) - reported!.auc), id).toBeLessThan(0.002);
      }
    },
    patienceMs,
  );

  test.skipIf(!hasFaceres || !hasBlazeface)(
    "crops by BlazeFace cost faceres next to nothing, and mobileface some .02 of its AUC",
    async () => {
      const { crops, people } = await lfwCrops(80, 6, "det_blazeface");
      expect(areaUnderCurve(await unitRows("face_faceres", crops), people)).toBeGreaterThan(0.996);
      const area = areaUnderCurve(await unitRows("face_mobileface_v3_tfjs", crops), people);
      expect(area).toBeGreaterThan(0.95);
      expect(area).toBeLessThan(0.984);
    },
    patienceMs,
  );
});
