import type { Landmarks } from "./crop.js";
import type { Image } from "./image.js";

/** One face of an image, in the image's pixels. */
export interface Face {
  readonly score: number;
  /** left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
  readonly landmarks: Landmarks;
}

/** A face at or above this score is one; several are told apart by their place. */
const confident = 0.5;
/** Below `confident` the best face is taken down to this score: profiles score low. */
export const possible = 0.1;
/** Boxes that overlap more than this (intersection over union) show the same face. */
const sameFace = 0.4;

/** Of faces that overlap, keep the one with the highest score. */
export function suppress(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of [...faces].sort((one, other) => other.score - one.score)) {
    if (kept.every((better) => overlap(better.box, face.box) <= sameFace)) kept.push(face);
  }
  return kept;
}

/** Of faces that overlap, one with the mean of their places, weighed by score; its score is the highest. */
export function blend(faces: readonly Face[]): Face[] {
  return suppress(faces).map((best) => {
    const same = faces.filter(({ box }) => overlap(best.box, box) > sameFace);
    const weight = same.reduce((sum, { score }) => sum + score, 0);
    const mean = (value: (face: Face) => number): number => same.reduce((sum, face) => sum + face.score * value(face), 0) / weight;
    const side = (k: 0 | 1 | 2 | 3): number => mean(({ box }) => box[k]);
    return {
      score: best.score,
      box: [side(0), side(1), side(2), side(3)],
      landmarks: best.landmarks.map((_, k) => mean(({ landmarks }) => landmarks[k])),
    };
  });
}

/** Intersection over union. */
function overlap(one: Face["box"], other: Face["box"]): number {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([left, top, right, bottom]: Face["box"]): number => (right - left) * (bottom - top);
  return (width * height) / (area(one) + area(other) - width * height);
}

/** A face of the picture that the network saw, in pixels of the image: x there is scale · x here + shift. */
export function toImage(face: Face, scale: number, shift: number): Face {
  const back = (v: number): number => (v - shift) / scale;
  const [left, top, right, bottom] = face.box;
  return { score: face.score, box: [back(left), back(top), back(right), back(bottom)], landmarks: face.landmarks.map(back) };
}

/** The one nearest to the image's centre among the confident faces, since face sets centre the person they name; else the best one. */
export function pickFace(faces: readonly Face[], image: Image): Face | null {
  const sure = faces.filter(({ score }) => score >= confident);
  if (sure.length === 0) return faces[0] ?? null;
  const fromCentre = ({ box: [left, top, right, bottom] }: Face): number =>
    Math.hypot((left + right - image.width) / 2, (top + bottom - image.height) / 2);
  return sure.reduce((nearest, face) => (fromCentre(face) < fromCentre(nearest) ? face : nearest));
}
