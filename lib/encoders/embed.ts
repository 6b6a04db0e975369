import { availableParallelism } from "node:os";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { matrix32 } from "../core/matrix.js";
import type { Progress } from "../core/progress.js";
import { embeddingSetIsCurrent, writeEmbeddingSet } from "../data/embedding-file.js";
import type { Item, Provenance } from "../data/embedding-set.js";
import type { DetectorManifest, EncoderManifest } from "../data/encoder-manifest.js";
import type { FaceImage } from "../data/face-set.js";
import { blockSize, type FaceRecord } from "./embed-block.js";
import { finishedBlocks, namePartFolders, type PartFolders, readFaces, readRows, removeParts } from "./embed-parts.js";
import type { BlockTask } from "./embed-worker.js";
import type { OnnxProvider } from "./onnx-network.js";
import { runBlocks } from "./run-blocks.js";

/** An image that was left out, or that is there twice. */
export interface Problem {
  readonly image: string;
  readonly problem: "no face found" | "unreadable" | "exact duplicate";
  readonly detail: string;
}

export interface EmbedResult {
  readonly items: readonly Item[];
  readonly problems: readonly Problem[];
  /** Encoders whose file was written. */
  readonly written: readonly string[];
  /** Encoders whose file was there already, made from the same images and networks. */
  readonly current: readonly string[];
}

export interface EmbedOptions {
  readonly faceSet: string;
  readonly images: readonly FaceImage[];
  readonly imageFolder: string;
  readonly dataFolder: string;
  readonly detector: DetectorManifest;
  readonly encoders: readonly EncoderManifest[];
  /** Encoder id → what goes into its file. */
  readonly provenance: Readonly<Record<string, Provenance>>;
  /** Files are written to `<out>/<face set>/`. */
  readonly out: string;
  /** Started with the number of images that are left to do. */
  readonly startProgress: (total: number, done: number) => Progress;
  readonly signal?: AbortSignal;
  /** @defaultValue one for each core */
  readonly workers?: number;
  /** Which of so many blocks to do, from the first to before the last. @defaultValue all of them, and the files are written */
  readonly share?: (blockCount: number) => readonly [first: number, last: number];
  /** What ONNX networks run on. @defaultValue "cpu" */
  readonly provider?: OnnxProvider;
}

/**
 * Embed the faces of images by every encoder.
 *
 * Finished blocks of 32 images are kept on disk: a run that was stopped goes on after them, and its files are the same bytes.
 * Two runs at once do the same work twice, and one of them writes the files.
 * With a `share` only those blocks are done, by any number of runs on one disk, and null is returned; a run without it puts all together.
 * Images without a face and files that are no whole picture are reported, not fatal.
 *
 * @throws DataError when no image has a face, a network fails, or the disk does not give a file.
 */
export async function embedFaces({
  faceSet,
  images,
  imageFolder,
  dataFolder,
  detector,
  encoders,
  provenance,
  out,
  startProgress,
  signal,
  workers = availableParallelism(),
  share,
  provider = "cpu",
}: EmbedOptions): Promise<EmbedResult | null> {
  const names = images.map(({ image }) => image);
  const blockCount = Math.ceil(names.length / blockSize);
  const partsFolder = path.join(out, faceSet, ".parts");
  const ordered = [...encoders].sort((one, other) => one.crop.localeCompare(other.crop));
  const folders = await namePartFolders({ folder: partsFolder, imageFolder, images: names, detector, encoders: ordered, provider });

  const current: string[] = [];
  if ((await finishedBlocks(folders.faces)).size === blockCount) {
    const { items } = describe(images, await readAllFaces(folders.faces, blockCount));
    for (const { id } of ordered) if (await embeddingSetIsCurrent(out, faceSet, id, items, provenance[id])) current.push(id);
  }
  const missing = ordered.filter(({ id }) => !current.includes(id));

  const blocks = share?.(blockCount) ?? [0, blockCount];
  const { tasks, stepCount } = await listTasks(folders, missing, blocks);
  const allSteps = (blocks[1] - blocks[0]) * (missing.length + 1);
  const imageCount = Math.min(names.length, blocks[1] * blockSize) - blocks[0] * blockSize;
  const toImages = (steps: number): number => Math.floor((steps / allSteps) * imageCount);
  if (tasks.length > 0) {
    let steps = allSteps - stepCount;
    const progress = startProgress(imageCount, toImages(steps));
    const onSteps = (done: number): void => {
      progress.update(toImages((steps += done)));
    };
    const networks = { dataFolder, detector, encoders: missing, threads: 1, provider };
    const start = { ...networks, imageFolder, images: names, facesFolder: folders.faces, partFolders: folders.encoders };
    await runBlocks(tasks, start, { workers, onSteps, signal });
    progress.end();
  }

  if (share !== undefined) return null;
  const { items, problems } = describe(images, await readAllFaces(folders.faces, blockCount));
  if (items.length === 0)
    throw new DataError(
      `embed: none of the ${names.length} images of ${faceSet} has a face that was found; look at them in ${imageFolder}`,
    );
  const written: string[] = [];
  for (const { id, dimension } of missing) {
    const rows = await readRows(folders.encoders[id], blockCount);
    if (rows !== null) {
      await writeEmbeddingSet(out, {
        encoder: id,
        faceSet,
        items,
        embeddings: matrix32(items.length, dimension, rows),
        provenance: provenance[id],
      });
      written.push(id);
    } else if (await embeddingSetIsCurrent(out, faceSet, id, items, provenance[id])) current.push(id);
    else throw new DataError(`embed: parts of ${id} under ${partsFolder} are gone; start the same command again to make them anew`);
    await removeParts(folders.encoders[id]);
  }
  return { items, problems, written, current };
}

async function listTasks(
  folders: PartFolders,
  encoders: readonly EncoderManifest[],
  [first, last]: readonly [number, number],
): Promise<{ tasks: BlockTask[]; stepCount: number }> {
  const facesDone = await finishedBlocks(folders.faces);
  const done = await Promise.all(encoders.map(({ id }) => finishedBlocks(folders.encoders[id])));
  const tasks: BlockTask[] = [];
  for (let block = first; block < last; block++) {
    const faces = !facesDone.has(block);
    const left = encoders.filter((_, i) => faces || !done[i].has(block)).map(({ id }) => id);
    if (faces || left.length > 0) tasks.push({ block, faces, encoders: left, next: null });
  }
  return { tasks, stepCount: tasks.reduce((sum, task) => sum + task.encoders.length + (task.faces ? 1 : 0), 0) };
}

async function readAllFaces(folder: string, blockCount: number): Promise<FaceRecord[]> {
  const blocks = await Promise.all(Array.from({ length: blockCount }, (_, block) => readFaces(folder, block)));
  return blocks.flat();
}

function describe(images: readonly FaceImage[], faces: readonly FaceRecord[]): { items: Item[]; problems: Problem[] } {
  const items: Item[] = [];
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  faces.forEach((face, i) => {
    const { image, identity, pose } = images[i];
    if (face.status === "unreadable") problems.push({ image, problem: "unreadable", detail: face.reason });
    else {
      const first = seen.get(face.sha256);
      if (first === undefined) seen.set(face.sha256, image);
      else problems.push({ image, problem: "exact duplicate", detail: `the same bytes as ${first}` });
      if (face.status === "no face") problems.push({ image, problem: "no face found", detail: "left out" });
      else items.push({ image, identity, pose, sha256: face.sha256, detectionScore: Number(face.score.toFixed(4)) });
    }
  });
  return { items, problems };
}
