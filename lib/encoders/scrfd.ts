import type { ScrfdManifest } from "../data/encoder-manifest.js";
import { weightPath } from "../data/weights.js";
import type { Detector, LoadDetectorOptions } from "./detector.js";
import { type Face, possible, suppress } from "./face.js";
import { findFace } from "./find-face.js";
import { loadOnnxNetwork } from "./onnx-network.js";

const strides = [8, 16, 32];
const anchorsPerCell = 2;

/**
 * Load SCRFD with five landmarks.
 *
 * @see Guo et al. 2022, arXiv 2105.04714
 */
export async function loadScrfd(
  manifest: ScrfdManifest,
  { dataFolder, threads, provider = "cpu" }: LoadDetectorOptions,
): Promise<Detector> {
  const { input, outputs } = manifest;
  const network = await loadOnnxNetwork(weightPath(manifest, manifest.weights[0], dataFolder), {
    inputName: input.name,
    outputNames: [...outputs.scores, ...outputs.boxes, ...outputs.landmarks],
    threads,
    provider,
  });
  return {
    detect: (image) =>
      findFace(image, network, input, (values) =>
        suppress(
          strides.flatMap((stride, level) =>
            readLevel(values[level], values[level + 3], values[level + 6], stride, Math.ceil(input.width / stride)),
          ),
        ),
      ),
    close: () => network.close(),
  };
}

function readLevel(scores: Float32Array, boxes: Float32Array, landmarks: Float32Array, stride: number, columns: number): Face[] {
  const faces: Face[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] < possible) continue;
    const cell = Math.floor(i / anchorsPerCell);
    const x = (cell % columns) * stride;
    const y = Math.floor(cell / columns) * stride;
    const [left, top, right, bottom] = boxes.subarray(4 * i, 4 * i + 4);
    faces.push({
      score: scores[i],
      box: [x - left * stride, y - top * stride, x + right * stride, y + bottom * stride],
      landmarks: Array.from(landmarks.subarray(10 * i, 10 * i + 10), (offset, k) => (k % 2 === 0 ? x : y) + offset * stride),
    });
  }
  return faces;
}
