import { ValueError } from "../core/errors.js";
import { halveImage, type Image } from "./image.js";

/** Eyes, nose and mouth corners as they appear in the image (left to right): x, y in turns, ten numbers in pixels. */
export type Landmarks = readonly number[];

/** (x, y) ↦ (a x − b y + tx, b x + a y + ty): rotation, one scale, and shift. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

export type CropName = "arcface-112" | "context-224";

/** Where the landmarks of a face lie in the 112 × 112 crop that ArcFace and its kin are trained on. */
const arcfaceTemplate: Landmarks = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041];

const crops: Record<CropName, { readonly size: number; readonly template: Landmarks }> = {
  "arcface-112": { size: 112, template: arcfaceTemplate },
  "context-224": { size: 224, template: arcfaceTemplate.map((t) => (t - 56) * 1.6 + 112) },
};

/**
 * The similarity without reflection that brings `from` closest to `to` in least squares.
 *
 * With points as complex numbers this is one linear regression: the closed form of Umeyama's method in the plane.
 *
 * @throws ValueError when the points of `from` all coincide.
 * @see Umeyama 1991, doi:10.1109/34.88573
 */
export function fitSimilarity(from: Landmarks, to: Landmarks): Similarity {
  const count = from.length / 2;
  const centre = (points: Landmarks, axis: 0 | 1): number => points.reduce((sum, v, i) => (i % 2 === axis ? sum + v : sum), 0) / count;
  const [fromX, fromY, toX, toY] = [centre(from, 0), centre(from, 1), centre(to, 0), centre(to, 1)];
  let real = 0;
  let imaginary = 0;
  let energy = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, u, v] = [from[2 * i] - fromX, from[2 * i + 1] - fromY, to[2 * i] - toX, to[2 * i + 1] - toY];
    real += x * u + y * v;
    imaginary += x * v - y * u;
    energy += x * x + y * y;
  }
  if (!(energy > 0)) throw new ValueError(`fitSimilarity: all ${count} points coincide; at least two must differ`);
  const [a, b] = [real / energy, imaginary / energy];
  return { a, b, tx: toX - a * fromX + b * fromY, ty: toY - b * fromX - a * fromY };
}

/** Cut the face out as `name` says: the similarity of its landmarks onto the template, bilinear, black outside. */
export function cropFace(image: Image, landmarks: Landmarks, name: CropName): Image {
  const { size, template } = crops[name];
  return warpImage(image, fitSimilarity(landmarks, template), size, size);
}

/** Stretch to width × height, bilinear, pixel centres at half-integers. */
export function resizeImage(image: Image, width: number, height: number): Image {
  if (image.width === width && image.height === height) return image;
  const [sx, sy] = [image.width / width, image.height / height];
  return sample(image, { xx: sx, xy: 0, x0: sx / 2 - 0.5, yx: 0, yy: sy, y0: sy / 2 - 0.5 }, width, height, "edge");
}

/**
 * The width × height image whose pixel `similarity(p)` shows what `image` has at p, bilinear, black outside.
 *
 * Where it shrinks to less than a half the image is first averaged down, so that no detail aliases.
 */
export function warpImage(image: Image, similarity: Similarity, width: number, height: number): Image {
  let { a, b } = similarity;
  const { tx, ty } = similarity;
  let source = image;
  let scale = Math.hypot(a, b);
  let shift = 0;
  while (scale < 0.5 && source.width >= 4 && source.height >= 4) {
    source = halveImage(source);
    [a, b, scale, shift] = [2 * a, 2 * b, 2 * scale, shift / 2 - 0.25];
  }
  const energy = a * a + b * b;
  const [xx, xy] = [a / energy, b / energy];
  const inverse = { xx, xy, x0: -xx * tx - xy * ty + shift, yx: -xy, yy: xx, y0: xy * tx - xx * ty + shift };
  return sample(source, inverse, width, height, "black");
}

/** Output pixel (u, v) reads the source at (xx u + xy v + x0, yx u + yy v + y0). */
interface Lookup {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

function sample(image: Image, { xx, xy, x0, yx, yy, y0 }: Lookup, width: number, height: number, outside: "black" | "edge"): Image {
  const { width: sourceWidth, height: sourceHeight, data } = image;
  const stride = sourceWidth * 3;
  const out = new Uint8Array(width * height * 3);
  const [lastX, lastY] = [sourceWidth - 1, sourceHeight - 1];
  let at = 0;
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++, at += 3) {
      let x = xx * u + xy * v + x0;
      let y = yx * u + yy * v + y0;
      if (outside === "edge") {
        x = Math.min(Math.max(x, 0), lastX);
        y = Math.min(Math.max(y, 0), lastY);
      } else if (x <= -1 || y <= -1 || x >= sourceWidth || y >= sourceHeight) continue;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const fx = x - left;
      const fy = y - top;
      const inLeft = left >= 0 ? 1 - fx : 0;
      const inRight = left < lastX ? fx : 0;
      const inTop = top >= 0 ? 1 - fy : 0;
      const inBottom = top < lastY ? fy : 0;
      const p = Math.max(top, 0) * stride + Math.max(left, 0) * 3;
      const right = inRight > 0 && left >= 0 ? 3 : 0;
      const below = inBottom > 0 && top >= 0 ? stride : 0;
      const [w00, w01, w10, w11] = [inTop * inLeft, inTop * inRight, inBottom * inLeft, inBottom * inRight];
      for (let c = p; c < p + 3; c++) {
        out[at + c - p] = data[c] * w00 + data[c + right] * w01 + data[c + below] * w10 + data[c + below + right] * w11 + 0.5;
      }
    }
  }
  return { width, height, data: out };
}
