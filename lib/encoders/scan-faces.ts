import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DataError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import type { DetectorManifest, EncoderManifest } from "../data/encoder-manifest.js";
import { cropFace } from "./crop.js";
import { loadDetector } from "./detector.js";
import { type Encoder, loadEncoder } from "./encoder.js";
import { decodeImage, halveImage, type Image } from "./image.js";

/** A photograph to look at. */
export interface ScanEntry {
  /** Where it lies. */
  readonly file: string;
  /** What it will be called in the face set. */
  readonly image: string;
  readonly identity: string;
}

/** What was seen of a photograph. */
export interface ScannedFace extends ScanEntry {
  readonly sha256: string;
  /** Why it cannot be read; null where it can. */
  readonly unreadable: string | null;
  /** The face at 14 × 14 grey pixels, mean 0 and length 1; null where none was found, or it is even. */
  readonly thumbnail: Float32Array | null;
  /** The face by the network, not normalised; null without a network or face. */
  readonly row: Float32Array | null;
}

export interface ScanFacesOptions {
  readonly dataFolder: string;
  readonly detector: DetectorManifest;
  /** Embeds each face, too. */
  readonly encoder: EncoderManifest | null;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Decode photographs, upright by their EXIF tags, and find the face of each. @throws DataError when a file cannot be read from the disk. */
export async function scanFaces(
  entries: readonly ScanEntry[],
  { dataFolder, detector: manifest, encoder: encoderManifest, progress, signal }: ScanFacesOptions,
): Promise<ScannedFace[]> {
  const detector = await loadDetector(manifest, { dataFolder, threads: 1 });
  const encoder = encoderManifest && (await loadEncoder(encoderManifest, { dataFolder }));
  const scanned: ScannedFace[] = [];
  try {
    for (const entry of entries) {
      signal?.throwIfAborted();
      const bytes = await readFile(entry.file).catch((error: unknown) => {
        throw new DataError(`scanFaces: ${(error as Error).message}; let the file be read`);
      });
      const seen = { ...entry, sha256: createHash("sha256").update(bytes).digest("hex") };
      const picture = await decodeImage(bytes).catch((error: unknown) => (error as Error).message);
      if (typeof picture === "string") scanned.push({ ...seen, unreadable: picture, thumbnail: null, row: null });
      else {
        const face = await detector.detect(picture);
        const thumbnail = face && shrink(cropFace(picture, face.landmarks, "arcface-112"));
        const row = face && encoder && (await embedOne(encoder, cropFace(picture, face.landmarks, encoder.manifest.crop)));
        scanned.push({ ...seen, unreadable: null, thumbnail, row });
      }
      progress.update(scanned.length);
    }
  } finally {
    await detector.close();
    await encoder?.close();
  }
  progress.end();
  return scanned;
}

async function embedOne(encoder: Encoder, crop: Image): Promise<Float32Array> {
  return (await encoder.embed([crop])).data;
}

/** Null where all pixels are equal. */
function shrink(crop: Image): Float32Array | null {
  const { data } = halveImage(halveImage(halveImage(crop)));
  const grey = Float32Array.from({ length: data.length / 3 }, (_, p) => data[3 * p] + data[3 * p + 1] + data[3 * p + 2]);
  const mean = grey.reduce((sum, v) => sum + v, 0) / grey.length;
  const norm = Math.hypot(...grey.map((v) => v - mean));
  return norm === 0 ? null : grey.map((v) => (v - mean) / norm);
}
