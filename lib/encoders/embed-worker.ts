import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
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

/** Give up what is being done, and end. */
export type StopOrder = "stop";

/** One block to do: which encoders still lack it. */
export interface BlockTask {
  readonly block: number;
  /** The block this worker is likely to get next. */
  readonly next: number | null;
  readonly faces: boolean;
  readonly encoders: readonly string[];
}

export type WorkerReport =
  { readonly block: number; readonly doneSteps: number } | { readonly error: { readonly name: string; readonly message: string } };

const start = workerData as WorkerStart;
const stopping = new AbortController();
const embedder = createBlockEmbedder({ ...start, signal: stopping.signal });

const imagesOf = (block: number): readonly string[] => start.images.slice(block * blockSize, (block + 1) * blockSize);

async function run({ block, next, faces: facesMissing, encoders }: BlockTask): Promise<number> {
  const images = imagesOf(block);
  embedder.prefetch(images);
  let faces: readonly FaceRecord[];
  if (facesMissing) {
    faces = await embedder.findFaces(images);
    await writeAtomically(path.join(start.facesFolder, `${block}.json`), [Buffer.from(JSON.stringify(faces))]);
  } else faces = await readFaces(start.facesFolder, block);
  for (const [i, id] of encoders.entries()) {
    const rows = await embedder.embed(id, images, faces);
    await writeAtomically(path.join(start.partFolders[id], `${block}.f32`), [Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)]);
    if (i === 0 && next !== null) embedder.prefetch(imagesOf(next));
  }
  return encoders.length + (facesMissing ? 1 : 0);
}

let current: Promise<void> = Promise.resolve();
parentPort!.on("message", (task: BlockTask | StopOrder) => {
  if (task === "stop") {
    stopping.abort();
    // A thread that is ended inside a network takes the process with it.
    void current.then(() => { parentPort!.close(); }); // prettier-ignore
    return;
  }
  current = run(task).then(
    (doneSteps) => {
      parentPort!.postMessage({ block: task.block, doneSteps } satisfies WorkerReport);
    },
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      parentPort!.postMessage({ error: { name, message } } satisfies WorkerReport);
    },
  );
});
