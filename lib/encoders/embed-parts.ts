import { createHash } from "node:crypto";
import { readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { removeLeftovers } from "../data/atomic-file.js";
import type { DetectorManifest, EncoderManifest } from "../data/encoder-manifest.js";
import { pipelineVersion } from "../data/embedding-set.js";
import { blockSize, type FaceRecord } from "./embed-block.js";
import type { OnnxProvider } from "./onnx-network.js";

/** A run's finished blocks lie in folders that are named by what they were made from, so that nothing stale is ever taken up. */
export interface PartFolders {
  readonly faces: string;
  /** Encoder id → folder. */
  readonly encoders: Readonly<Record<string, string>>;
}

export interface PartFoldersOptions {
  readonly folder: string;
  readonly imageFolder: string;
  readonly images: readonly string[];
  readonly detector: DetectorManifest;
  readonly encoders: readonly EncoderManifest[];
  /** Rows of another provider round otherwise, so they are kept apart. */
  readonly provider: OnnxProvider;
}

/** The part folders of these images (by path, size and time of change), detector and encoders. */
export async function namePartFolders({
  folder,
  imageFolder,
  images,
  detector,
  encoders,
  provider,
}: PartFoldersOptions): Promise<PartFolders> {
  const stamps = await Promise.all(
    images.map(async (image) => {
      const { size, mtimeMs } = await stat(path.join(imageFolder, image));
      return [image, size, mtimeMs];
    }),
  );
  const where = provider === "cpu" ? [] : [provider];
  const facesKey = digest([pipelineVersion, blockSize, detector.weights, detector.input, stamps, ...where]);
  const name = ({ id, weights, input, output, crop }: EncoderManifest): string =>
    path.join(folder, `${id}-${digest([facesKey, weights, input, output, crop])}`);
  return {
    faces: path.join(folder, `faces-${facesKey}`),
    encoders: Object.fromEntries(encoders.map((encoder) => [encoder.id, name(encoder)])),
  };
}

/** The numbers of the blocks that are done in a part folder. */
export async function finishedBlocks(folder: string): Promise<Set<number>> {
  return new Set((await listBlocks(folder)).map((name) => Number.parseInt(name, 10)));
}

async function listBlocks(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^\d+\.(json|f32)$/.test(name));
}

/** Take a part folder away, but for what another run is writing there just now. */
export async function removeParts(folder: string): Promise<void> {
  await removeLeftovers(folder);
  for (const name of await listBlocks(folder)) await rm(path.join(folder, name), { force: true });
  await rmdir(folder).catch(() => undefined); // another run has removed it, or writes there
}

export async function readFaces(folder: string, block: number): Promise<FaceRecord[]> {
  return JSON.parse(await readFile(path.join(folder, `${block}.json`), "utf8")) as FaceRecord[];
}

/** The rows of all blocks, one after the other; null where one is gone, such as when another run has put them together. */
export async function readRows(folder: string, blockCount: number): Promise<Float32Array | null> {
  const parts: Buffer[] = [];
  for (let block = 0; block < blockCount; block++) {
    const part = await readFile(path.join(folder, `${block}.f32`)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    });
    if (part === null) return null;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
