import path from "node:path";
import type { DetectorManifest } from "../data/encoder-manifest.js";
import { type Landmarks, warpImage } from "./crop.js";
import type { Image } from "./image.js";
import { loadOnnxNetwork } from "./onnx-network.js";
import { toTensor } from "./preprocess.js";

/** One face of an image, in the image's pixels. */
export interface Face {
  readonly score: number;
  /** left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
  readonly landmarks: Landmarks;
}

export interface Detector {
  /** The face that an image is of, or null where none is found. */
  detect(image: Image): Promise<Face | null>;
  close(): Promise<void>;
}

/** A face at or above this score is one; several are told apart by their place. */
const confident = 0.5;
/** Below `confident` the best face is taken down to this score: profiles score low. */
const possible = 0.1;
/** Boxes that overlap more than this (intersection over union) show the same face. */
const sameFace = 0.4;
const strides = [8, 16, 32];
const anchorsPerCell = 2;

/**
 * Load SCRFD with five landmarks.
 *
 * Of several confident faces the one nearest to the image centre is taken, since face sets centre the person they name.
 *
 * @see Guo et al. 2022, arXiv 2105.04714
 */
export async function loadDetector(
  manifest: DetectorManifest,
  { dataFolder, threads }: { readonly dataFolder: string; readonly threads: number },
): Promise<Detector> {
  const { input, outputs } = manifest;
  const network = await loadOnnxNetwork(path.join(dataFolder, "encoders", manifest.weights[0].path), {
    inputName: input.name,
    outputNames: [...outputs.scores, ...outputs.boxes, ...outputs.landmarks],
    threads,
  });
  return {
    async detect(image): Promise<Face | null> {
      const scale = Math.min(input.width / image.width, input.height / image.height);
      const shift = scale / 2 - 0.5;
      const fitted = warpImage(image, { a: scale, b: 0, tx: shift, ty: shift }, input.width, input.height);
      const tensors = await network.run(toTensor([fitted], input), [1, 3, input.height, input.width]);
      const values = tensors.map((tensor) => tensor.data as Float32Array);
      const faces = strides.flatMap((stride, level) =>
        readLevel(values[level], values[level + 3], values[level + 6], stride, Math.ceil(input.width / stride)),
      );
      return pickFace(
        suppress(faces).map((face) => toImage(face, scale, shift)),
        image,
      );
    },
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

/** Of faces that overlap, keep the one with the highest score. */
function suppress(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of [...faces].sort((one, other) => other.score - one.score)) {
    if (kept.every((better) => overlap(better.box, face.box) <= sameFace)) kept.push(face);
  }
  return kept;
}

function overlap(one: Face["box"], other: Face["box"]): number {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([left, top, right, bottom]: Face["box"]): number => (right - left) * (bottom - top);
  return (width * height) / (area(one) + area(other) - width * height);
}

function toImage(face: Face, scale: number, shift: number): Face {
  const back = (v: number): number => (v - shift) / scale;
  const [left, top, right, bottom] = face.box;
  return { score: face.score, box: [back(left), back(top), back(right), back(bottom)], landmarks: face.landmarks.map(back) };
}

function pickFace(faces: readonly Face[], image: Image): Face | null {
  const sure = faces.filter(({ score }) => score >= confident);
  if (sure.length === 0) return faces[0] ?? null;
  const fromCentre = ({ box: [left, top, right, bottom] }: Face): number =>
    Math.hypot((left + right - image.width) / 2, (top + bottom - image.height) / 2);
  return sure.reduce((nearest, face) => (fromCentre(face) < fromCentre(nearest) ? face : nearest));
}
