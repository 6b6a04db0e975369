import type { InputManifest } from "../data/encoder-manifest.js";
import { warpImage } from "./crop.js";
import { type Face, pickFace, toImage } from "./face.js";
import type { Image } from "./image.js";
import type { Network } from "./network.js";
import { tensorShape, toTensor } from "./preprocess.js";

/**
 * The face that an image is of, or null where none is found. The network sees the image as large as fits into its input, at the upper left.
 *
 * @param read makes faces, in pixels of the input, of what the network gives.
 */
export async function findFace(
  image: Image,
  network: Network,
  input: InputManifest,
  read: (outputs: readonly Float32Array[]) => readonly Face[],
): Promise<Face | null> {
  const scale = Math.min(input.width / image.width, input.height / image.height);
  const shift = scale / 2 - 0.5;
  const fitted = warpImage(image, { a: scale, b: 0, tx: shift, ty: shift }, input.width, input.height);
  const outputs = await network.run(toTensor([fitted], input), tensorShape(1, input));
  const faces = read(outputs.map(({ values }) => values)).map((face) => toImage(face, scale, shift));
  return pickFace(faces, image);
}
