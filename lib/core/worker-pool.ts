import { Worker } from "node:worker_threads";
import { DataError, LicenceError, ShapeError, SplitError, ValueError } from "./errors.js";
import type { StopOrder, WorkerReport } from "./worker-tasks.js";

export interface WorkerPoolOptions<Task, Report> {
  /** How many threads. */
  readonly count: number;
  /** What each is started with. */
  readonly workerData: unknown;
  /** What the thread of that number, from 0 on, does next; null when nothing is left. */
  readonly next: (worker: number) => Task | null;
  /** Hears each report; the thread has its next task already. */
  readonly onReport: (report: Report) => void | Promise<void>;
  /** What to do when a thread ends by itself, for the message. */
  readonly advice: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Do tasks on worker threads that call `serveTasks`, each taking the next when it is done. The first error ends all.
 *
 * @throws what a task throws, by its class; DataError when a thread ends by itself; the signal's reason when it aborts.
 */
export async function runOnWorkers<Task, Report>(
  module: URL,
  { count, workerData, next, onReport, advice, signal }: WorkerPoolOptions<Task, Report>,
): Promise<void> {
  signal?.throwIfAborted();
  const pool = Array.from({ length: count }, () => new Worker(module, { workerData }));
  let abort = (): void => undefined;
  const ends = pool.map(
    (worker, number) =>
      new Promise<void>((resolve, reject) => {
        const give = (): boolean => {
          const task = next(number);
          if (task !== null) worker.postMessage(task);
          return task !== null;
        };
        let heard = Promise.resolve();
        worker.on("message", (answer: WorkerReport<Report>) => {
          if ("error" in answer) {
            reject(revive(answer.error));
            return;
          }
          const isLast = !give();
          heard = heard.then(() => onReport(answer.report));
          heard.then(isLast ? resolve : undefined, reject);
        });
        worker.on("error", reject);
        worker.on("exit", (code) => { reject(new DataError(`a worker thread ended with code ${code} before its work was done; ${advice}`)); }); // prettier-ignore
        if (!give()) resolve();
      }),
  );
  const aborted = new Promise<never>((_, reject) => {
    abort = () => { reject(signal!.reason as Error); }; // prettier-ignore
    signal?.addEventListener("abort", abort, { once: true });
  });
  try {
    await Promise.race([Promise.all(ends), aborted]);
  } catch (error) {
    await Promise.all(pool.map(stop));
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  await Promise.all(pool.map((worker) => worker.terminate()));
}

/** Let a thread end by itself, as soon as what it runs is done. */
async function stop(worker: Worker): Promise<void> {
  if (worker.threadId < 0) return; // it has ended
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.postMessage("stop" satisfies StopOrder);
  await ended;
}

const classes = { DataError, LicenceError, ShapeError, SplitError, ValueError };

function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  return name in classes ? new classes[name as keyof typeof classes](message) : new Error(message);
}
