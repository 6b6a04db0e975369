import path from "node:path";
import { workerData } from "node:worker_threads";
import { serveTasks } from "../core/worker-tasks.js";
import { writeAtomically } from "../data/atomic-file.js";
import { blockSize, type BlockEmbedderOptions, createBlockEmbedder, type FaceRecord } from "./embed-block.js";
import { readFaces } from "./embed-parts.js";

/** What a worker is started with. */
export interface WorkerStart extends BlockEmbedderOptions {
  readonly images: readonly string[];
  readonly facesFolder: string;
  /** Encoder id → folder of its parts. */
  readonly partFolders: Readonly<Record<string, string>>;
}

/** One block to do: which encoders still lack it. */
export interface BlockTask {
  readonly block: number;
  /** The block this worker is likely to get next. */
  readonly next: number | null;
  readonly faces: boolean;
  readonly encoders: readonly string[];
}

export interface BlockReport {
  readonly block: number;
  readonly doneSteps: number;
}

serveTasks((signal) => {
  const { images: all, facesFolder, partFolders, ...options } = workerData as WorkerStart;
  const embedder = createBlockEmbedder({ ...options, signal });
  const imagesOf = (block: number): readonly string[] => all.slice(block * blockSize, (block + 1) * blockSize);
  return async ({ block, next, faces: facesMissing, encoders }: BlockTask): Promise<BlockReport> => {
    const images = imagesOf(block);
    embedder.prefetch(images);
    let faces: readonly FaceRecord[];
    if (facesMissing) {
      faces = await embedder.findFaces(images);
      await writeAtomically(path.join(facesFolder, `${block}.json`), [Buffer.from(JSON.stringify(faces))]);
    } else faces = await readFaces(facesFolder, block);
    for (const [i, id] of encoders.entries()) {
      const rows = await embedder.embed(id, images, faces);
      await writeAtomically(path.join(partFolders[id], `${block}.f32`), [Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)]);
      if (i === 0 && next !== null) embedder.prefetch(imagesOf(next));
    }
    return { block, doneSteps: encoders.length + (facesMissing ? 1 : 0) };
  };
});
