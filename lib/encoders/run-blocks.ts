import { runOnWorkers } from "../core/worker-pool.js";
import { forbidTelemetry } from "../linalg/load-onnx.js";
import type { BlockReport, BlockTask, WorkerStart } from "./embed-worker.js";

export interface RunBlocksOptions {
  readonly workers: number;
  readonly onSteps: (doneSteps: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Do the tasks on worker threads, each taking the next when it is done. The first error ends all. */
export async function runBlocks(
  tasks: readonly BlockTask[],
  start: WorkerStart,
  { workers, onSteps, signal }: RunBlocksOptions,
): Promise<void> {
  const count = Math.min(workers, tasks.length);
  let taken = 0;
  const next = (): BlockTask | null => {
    if (taken === tasks.length) return null;
    const task = tasks[taken++];
    return { ...task, next: tasks[taken + count - 1]?.block ?? null };
  };
  forbidTelemetry();
  await runOnWorkers<BlockTask, BlockReport>(new URL("./embed-worker.js", import.meta.url), {
    count,
    workerData: start,
    next,
    onReport: ({ doneSteps }) => { onSteps(doneSteps); }, // prettier-ignore
    advice: "start the same command again to go on",
    signal,
  });
}
