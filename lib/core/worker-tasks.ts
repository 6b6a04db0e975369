import { parentPort } from "node:worker_threads";

/** Give up what is being done, and end. */
export type StopOrder = "stop";

/** What a worker thread answers to a task. */
export type WorkerReport<Report> = { readonly report: Report } | { readonly error: { readonly name: string; readonly message: string } };

/** Does a task, and gives its report. */
type Work = (task: never) => Promise<unknown>;

/**
 * On a worker thread of `runOnWorkers`: do the tasks as they come.
 *
 * @param open makes what does them, and is told when to give up; where it fails, so does the first task.
 */
export function serveTasks(open: (signal: AbortSignal) => Work | Promise<Work>): void {
  const port = parentPort!;
  const stopping = new AbortController();
  const opened = Promise.resolve(open(stopping.signal));
  opened.catch(() => undefined); // the first task hears of it
  const answer = (report: WorkerReport<unknown>): void => { port.postMessage(report); }; // prettier-ignore
  let current: Promise<void> = Promise.resolve();
  port.on("message", (task: unknown) => {
    if (task === ("stop" satisfies StopOrder)) {
      stopping.abort();
      // A thread that is ended inside a network takes the process with it.
      void current.then(() => { port.close(); }); // prettier-ignore
      return;
    }
    current = opened
      .then((run) => run(task as never))
      .then(
        (report) => { answer({ report }); }, // prettier-ignore
        (error: unknown) => {
          const { name, message } = error instanceof Error ? error : new Error(String(error));
          answer({ error: { name, message } });
        },
      );
  });
}
