import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { DataError, SplitError } from "../../lib/core/errors.js";
import { runOnWorkers } from "../../lib/core/worker-pool.js";
import { temporaryFolder } from "../temporary-folder.js";

// Threads run the compiled package.
const compiled = (file: string): string => JSON.stringify(new URL(`../../dist/core/${file}`, import.meta.url).href);

/** A module whose threads double numbers; a word tells them to do otherwise. */
async function doubling(): Promise<URL> {
  const file = path.join(await temporaryFolder(), "doubling.mjs");
  await writeFile(
    file,
    `import { workerData } from "node:worker_threads";
    import { SplitError } from ${compiled("errors.js")};
    import { serveTasks } from ${compiled("worker-tasks.js")};
    if (workerData.factor === null) serveTasks(() => Promise.reject(new SplitError("no factor")));
    else serveTasks((signal) => async (task) => {
      if (task === "refuse") throw new SplitError("seen before");
      if (task === "end") process.exit(3);
      if (task === "wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return workerData.factor * task;
    });`,
  );
  return pathToFileURL(file);
}

interface RunOptions {
  readonly factor?: number | null;
  readonly signal?: AbortSignal;
}

async function run(tasks: readonly (number | string)[], { factor = 2, signal }: RunOptions = {}): Promise<number[]> {
  const left = [...tasks];
  const reports: number[] = [];
  await runOnWorkers<number | string, number>(await doubling(), {
    count: 2,
    workerData: { factor },
    next: () => left.shift() ?? null,
    onReport: async (report) => {
      await Promise.resolve();
      reports.push(report);
    },
    advice: "try again",
    signal,
  });
  return reports;
}

it("does every task once, and hears every report before it ends", async () => {
  const reports = await run(Array.from({ length: 40 }, (_, i) => i));
  expect(reports.sort((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, i) => 2 * i));
});

it("throws what a task throws, by its class, also while another thread waits", async () => {
  const failure = run(["wait", 1, "refuse", 2]);
  await expect(failure).rejects.toThrow(SplitError);
  await expect(failure).rejects.toThrow("seen before");
});

it("throws what a thread throws when it opens, by its class", async () => {
  const failure = run([1, 2, 3], { factor: null });
  await expect(failure).rejects.toThrow(SplitError);
  await expect(failure).rejects.toThrow("no factor");
});

it("says that a thread ended by itself, and what to do", async () => {
  const failure = run(["end", 1]);
  await expect(failure).rejects.toThrow(DataError);
  await expect(failure).rejects.toThrow("a worker thread ended with code 3 before its work was done; try again");
});

it("ends with the signal's reason", async () => {
  const controller = new AbortController();
  const failure = run(["wait", "wait"], { signal: controller.signal });
  setTimeout(() => { controller.abort(new Error("enough")); }, 50); // prettier-ignore
  await expect(failure).rejects.toThrow("enough");
  await expect(run([1], { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
});
