import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { DetectorManifest, EncoderManifest } from "../data/encoder-manifest.js";
import { cropFace, type CropName, type Landmarks } from "./crop.js";
import { loadDetector } from "./detector.js";
import { type Encoder, loadEncoder } from "./encoder.js";
import { decodeImage, type Image } from "./image.js";
import type { OnnxProvider } from "./onnx-network.js";

/** What became of one image. Sizes and landmarks are in pixels. */
export type FaceRecord =
  | { readonly image: string; readonly status: "found"; readonly sha256: string; readonly score: number; readonly landmarks: Landmarks }
  | { readonly image: string; readonly status: "no face"; readonly sha256: string }
  | { readonly image: string; readonly status: "unreadable"; readonly sha256: string; readonly reason: string };

/** Images are embedded in blocks of this many, always the same ones together, so that a resumed run gives the same bytes. */
export const blockSize = 32;

export interface BlockEmbedderOptions {
  readonly dataFolder: string;
  readonly imageFolder: string;
  readonly detector: DetectorManifest;
  readonly encoders: readonly EncoderManifest[];
  /** Of each network. */
  readonly threads: number;
  /** What ONNX networks run on. */
  readonly provider: OnnxProvider;
  /** Heard before each image and each network. */
  readonly signal?: AbortSignal;
}

/** Finds, crops and embeds the faces of one block of images. */
export interface BlockEmbedder {
  /** Start decoding a block that will be asked for next. */
  prefetch(images: readonly string[]): void;
  /** The face of each image. @throws DataError when a file cannot be read from the disk. */
  findFaces(images: readonly string[]): Promise<FaceRecord[]>;
  /** The rows of the found faces, in order, one after the other. */
  embed(encoderId: string, images: readonly string[], faces: readonly FaceRecord[]): Promise<Float32Array>;
}

type Decoded = { readonly sha256: string } & ({ readonly image: Image } | { readonly reason: string });

/** Networks are loaded when they are first used. */
export function createBlockEmbedder({
  dataFolder,
  imageFolder,
  detector,
  encoders,
  threads,
  provider,
  signal,
}: BlockEmbedderOptions): BlockEmbedder {
  const networks = new Map<string, Promise<Encoder>>();
  const decoded = new Map<string, Promise<Decoded>[]>();
  let detecting: ReturnType<typeof loadDetector> | undefined;
  let cropped: { readonly key: string; readonly crops: Image[] } | undefined;

  const decodeBlock = (images: readonly string[]): Promise<Decoded>[] => {
    const key = images[0];
    let block = decoded.get(key);
    if (!block) {
      for (const old of [...decoded.keys()].slice(0, -1)) decoded.delete(old);
      block = images.map((image) => decode(path.join(imageFolder, image)));
      for (const pending of block) pending.catch(() => undefined); // told to whoever awaits it
      decoded.set(key, block);
    }
    return block;
  };

  const cropBlock = async (images: readonly string[], faces: readonly FaceRecord[], name: CropName): Promise<Image[]> => {
    const key = `${name} ${images[0]}`;
    if (cropped?.key !== key) {
      const pictures = await Promise.all(decodeBlock(images));
      const crops = faces.flatMap((face, i) => {
        if (face.status !== "found") return [];
        const picture = pictures[i];
        if (!("image" in picture))
          throw new DataError(`embed: ${face.image} could be read before and cannot now (${picture.reason}); restore it and start again`);
        return [cropFace(picture.image, face.landmarks, name)];
      });
      cropped = { key, crops };
    }
    return cropped.crops;
  };

  return {
    prefetch: (images): void => void decodeBlock(images),

    async findFaces(images): Promise<FaceRecord[]> {
      detecting ??= loadDetector(detector, { dataFolder, threads, provider });
      const network = await detecting;
      const records: FaceRecord[] = [];
      for (const [i, pending] of decodeBlock(images).entries()) {
        signal?.throwIfAborted();
        const image = images[i];
        const picture = await pending;
        if (!("image" in picture)) {
          records.push({ image, status: "unreadable", sha256: picture.sha256, reason: picture.reason });
          continue;
        }
        const face = await network.detect(picture.image);
        const { sha256 } = picture;
        records.push(
          face ? { image, status: "found", sha256, score: face.score, landmarks: face.landmarks } : { image, status: "no face", sha256 },
        );
      }
      return records;
    },

    async embed(encoderId, images, faces): Promise<Float32Array> {
      signal?.throwIfAborted();
      const manifest = encoders.find(({ id }) => id === encoderId)!;
      let network = networks.get(encoderId);
      if (!network) networks.set(encoderId, (network = loadEncoder(manifest, { dataFolder, threads, provider })));
      const crops = await cropBlock(images, faces, manifest.crop);
      return (await (await network).embed(crops)).data;
    },
  };
}

/** @throws DataError when the disk does not give the file, which may be otherwise the next time. */
async function decode(file: string): Promise<Decoded> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new DataError(`embed: ${(error as Error).message}; let the file be read, then start the same command again to go on`);
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  try {
    return { sha256, image: await decodeImage(bytes) };
  } catch (error) {
    return { sha256, reason: error instanceof Error ? error.message : String(error) };
  }
}
