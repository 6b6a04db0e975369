import { Worker } from "node:worker_threads";
import { DataError, ValueError } from "../core/errors.js";
import { forbidTelemetry } from "../linalg/load-onnx.js";
import type { BlockTask, StopOrder, WorkerReport, WorkerStart } from "./embed-worker.js";

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
  signal?.throwIfAborted();
  forbidTelemetry();
  const pool = Array.from(
    { length: Math.min(workers, tasks.length) },
    () => new Worker(new URL("./embed-worker.js", import.meta.url), { workerData: start }),
  );
  let taken = 0;
  try {
    await Promise.all(
      pool.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const give = (): void => {
              if (taken === tasks.length) {
                resolve();
                return;
              }
              const task = tasks[taken++];
              worker.postMessage({ ...task, next: tasks[taken + pool.length - 1]?.block ?? null });
            };
            worker.on("message", (report: WorkerReport) => {
              if ("error" in report) {
                reject(revive(report.error));
                return;
              }
              onSteps(report.doneSteps);
              give();
            });
            worker.on("error", reject);
            worker.on("exit", (code) => {
              reject(
                new DataError(`embed: a worker ended with code ${code} before its work was done; start the same command again to go on`),
              );
            });
            signal?.addEventListener(
              "abort",
              () => {
                reject(signal.reason as Error);
              },
              { once: true },
            );
            give();
          }),
      ),
    );
  } catch (error) {
    await Promise.all(pool.map(stop));
    throw error;
  }
  await Promise.all(pool.map((worker) => worker.terminate()));
}

/** Let a worker end by itself, as soon as the network that it runs is done. */
async function stop(worker: Worker): Promise<void> {
  if (worker.threadId < 0) return; // it has ended
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.postMessage("stop" satisfies StopOrder);
  await ended;
}

function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === "DataError") return new DataError(message);
  if (name === "ValueError") return new ValueError(message);
  return new Error(message);
}
