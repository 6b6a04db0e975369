import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { runOnWorkers } from "../../lib/core/worker-pool.js";
import type { ThreadEngine } from "../../lib/linalg/engine.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { findOpenblas } from "../../lib/linalg/openblas-find.js";
import { createOpenblasEngine } from "../../lib/linalg/openblas.js";
import { openThreadEngine } from "../../lib/linalg/thread-engine.js";
import { gaussian } from "../synthetic.js";
import { createRandom } from "../../lib/core/random.js";
import { temporaryFolder } from "../temporary-folder.js";
import { fakeLibrary } from "./fake-library.js";

const { library } = await findOpenblas();

describe("onThreads", () => {
  it("gives what a thread opens its engine from", async () => {
    const give = (shared: ThreadEngine): Promise<ThreadEngine> => Promise.resolve(shared);
    expect(await createOnnxEngine().onThreads!(give)).toEqual({ name: "onnx" });
    expect((await openThreadEngine({ name: "onnx" })).name).toBe("onnx");
    const threadCount = { get: () => 4, set: () => undefined };
    expect(await createOpenblasEngine(fakeLibrary({ threadCount })).onThreads!(give)).toEqual({ name: "openblas", file: "/nowhere/libopenblas.so" }); // prettier-ignore
  });

  it("lets calls of OpenBLAS take one thread until the last work has ended, also where it fails", async () => {
    let count = 4;
    const { onThreads } = createOpenblasEngine(fakeLibrary({ threadCount: { get: () => count, set: (wanted) => void (count = wanted) } }));
    let end = (): void => undefined;
    const long = onThreads!(() => new Promise<void>((resolve) => { end = resolve; })); // prettier-ignore
    await expect(onThreads!(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(count).toBe(1);
    end();
    await long;
    expect(count).toBe(4);
  });

  it("is not there where a library's threads may not call at once", () => {
    expect(createOpenblasEngine(fakeLibrary())).not.toHaveProperty("onThreads");
  });
});

describe("openThreadEngine", () => {
  it("says so where the library does not open", async () => {
    const failure = openThreadEngine({ name: "openblas", file: "/nowhere/libopenblas.so" });
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(/\/nowhere\/libopenblas\.so does not open on a worker thread \(.+\); use the onnx engine$/);
  });

  it.runIf(library?.threadCount)("computes the same bits on threads that call OpenBLAS at once as on one", async () => {
    const engine = createOpenblasEngine(library!);
    const rows = gaussian(150, 140, createRandom(3));
    const tasks = Array.from({ length: 24 }, (_, i) => i);
    await engine.onThreads!(async (shared) => {
      const gram = await engine.gram(rows);
      const { vectors } = await engine.eigh(gram);
      const { factor } = await engine.polar(rows);
      const expected = [gram, vectors, factor, await engine.product(rows, gram)].map(({ data }) => digest(data));
      const left = [...tasks];
      const reports: string[][] = [];
      await runOnWorkers<number, string[]>(await decomposing(), {
        count: 3,
        workerData: { shared, rows },
        next: () => left.shift() ?? null,
        onReport: (report) => void reports.push(report),
        advice: "try again",
      });
      expect(reports).toHaveLength(tasks.length);
      for (const report of reports) expect(report).toEqual(expected);
    });
  });
});

function digest(data: Float64Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A module whose threads take the same rows apart, whatever the task. They run the compiled package. */
async function decomposing(): Promise<URL> {
  const compiled = (module: string): string => JSON.stringify(new URL(`../../dist/${module}.js`, import.meta.url).href);
  const file = path.join(await temporaryFolder(), "decomposing.mjs");
  await writeFile(
    file,
    `import { createHash } from "node:crypto";
    import { workerData } from "node:worker_threads";
    import { serveTasks } from ${compiled("core/worker-tasks")};
    import { openThreadEngine } from ${compiled("linalg/thread-engine")};
    const { shared, rows } = workerData;
    serveTasks(async () => {
      const engine = await openThreadEngine(shared);
      return async () => {
        const gram = await engine.gram(rows);
        const { vectors } = await engine.eigh(gram);
        const { factor } = await engine.polar(rows);
        return [gram, vectors, factor, await engine.product(rows, gram)].map(({ data }) => createHash("sha256").update(data).digest("hex"));
      };
    });`,
  );
  return pathToFileURL(file);
}
