import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runNotebook, runNotebookFile, type CellProgress, type RunResult } from "../../lib/kernel/index.js";
import { formatNotebook, type ErrorOutput } from "../../lib/notebook/nbformat.js";
import { notebookOf, outputsOf } from "./notebooks.js";

/** Each run starts a TypeScript compiler of its own, which is slow on a busy machine. */
const patience = 120_000;
const mayFail = ["raises-exception"];

const everything = notebookOf(
  { source: 'let count = 3; // pairs\nlet kind: "near" | "far" = "near";', tags: ["parameters"] },
  'console.log(`${count} ${kind}`);\nconsole.log("again");\nconsole.error("to the other stream");',
  'import { createRandom } from "facebridge/core";\ncreateRandom(1).uniform() < 1',
  'import { display, newDisplay } from "tslab";\ndisplay.html("<b>bold</b>");\nconst shown = newDisplay(); shown.text("one"); shown.text("two");',
  "const late = await (Promise.resolve({ width: 512 }));\nfor await (const item of [1]) console.log(item);\nlate",
  '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<i>x</i>", "text/plain": "x" }) })',
  "interface Named { readonly name: string }\n\nfunction refuse(what: Named): never {\n  throw new RangeError(`no ${what.name} in ${process.cwd()}/lib`);\n}",
  { source: '\nrefuse({ name: "map" });', tags: mayFail },
  { source: 'Promise.reject(new TypeError("nobody waits"));', tags: mayFail },
  { source: 'throw "a word";', tags: mayFail },
  { source: 'count = "three";', tags: mayFail },
  { source: 'import { matrix32 } from "facebridge/core";\nmatrix32(2, 3, new Float32Array(5));', tags: mayFail },
  "count = 4",
  "for (let i = 0; i < 3000; i++) console.log(i);",
);

describe("a notebook whose cells succeed or may fail", () => {
  let result: RunResult;
  const progress: CellProgress[] = [];
  beforeAll(async () => {
    result = await runNotebook(everything, { parameters: { count: 7, kind: "far" }, onCell: (cell) => progress.push(cell) });
  }, patience);
  const outputs = (id: string): unknown => outputsOf(result.notebook, id);
  const errorOf = (id: string): ErrorOutput => outputsOf(result.notebook, id).at(-1) as ErrorOutput;

  test("runs to its end", () => {
    expect(result.failure).toBeNull();
  });

  test("prints with injected parameters, writes to one stream joined", () => {
    expect(outputs("c1")).toEqual([
      { output_type: "stream", name: "stdout", text: "7 far\nagain\n" },
      { output_type: "stream", name: "stderr", text: "to the other stream\n" },
    ]);
  });

  test("imports the compiled package by its name and returns the value of the last line", () => {
    expect(outputs("c2")).toEqual([{ output_type: "execute_result", execution_count: 4, data: { "text/plain": "true" }, metadata: {} }]);
  });

  test("keeps displays, an updated one in its last form", () => {
    expect(outputs("c3")).toEqual([
      { output_type: "display_data", data: { "text/html": "<b>bold</b>" }, metadata: {} },
      { output_type: "display_data", data: { "text/plain": "two" }, metadata: {} },
    ]);
  });

  test("awaits a bracketed expression and an asynchronous loop", () => {
    expect(outputs("c4")).toEqual([
      { output_type: "stream", name: "stdout", text: "1\n" },
      { output_type: "execute_result", execution_count: 6, data: { "text/plain": "{ width: 512 }" }, metadata: {} },
    ]);
  });

  test("asks a value for its own display", () => {
    expect(outputs("c5")).toMatchObject([{ data: { "text/html": "<i>x</i>", "text/plain": "x" } }]);
  });

  test("tells a thrown error with the lines of its TypeScript, without the kernel's frames and the machine's paths", () => {
    expect(errorOf("c7")).toEqual({
      output_type: "error",
      ename: "RangeError",
      evalue: "no map in lib",
      traceback: ["RangeError: no map in lib", "    at refuse (In [8]:4:9)", "    at In [9]:2:1"],
    });
  });

  test("tells a rejection that nobody handles, and a thrown word", () => {
    expect(errorOf("c8")).toMatchObject({ ename: "TypeError", evalue: "nobody waits" });
    expect(errorOf("c8").traceback.slice(1)).toEqual([expect.stringMatching(/^ {4}at In \[10\]:\d+:\d+$/) as string]);
    expect(errorOf("c9")).toMatchObject({ ename: "Thrown", evalue: "'a word'" });
  });

  test("refuses what does not type-check, before it runs", () => {
    expect(errorOf("c10")).toMatchObject({ ename: "TypeScriptError", evalue: "1:1 - Type 'string' is not assignable to type 'number'." });
  });

  test("shows frames of the package from the project's root", () => {
    expect(errorOf("c11").ename).toBe("ShapeError");
    expect(errorOf("c11").traceback.slice(2)).toEqual([
      expect.stringMatching(/^ {4}at matrix32 \(dist\/core\/matrix\.js:\d+:\d+\)$/) as string,
      "    at In [13]:2:9",
    ]);
  });

  test("shows no value for an assignment", () => {
    expect(outputs("c12")).toEqual([]);
  });

  test("loses none of 3,000 lines", () => {
    const text = Array.from({ length: 3000 }, (_, i) => `${i}\n`).join("");
    expect(outputs("c13")).toEqual([{ output_type: "stream", name: "stdout", text }]);
  });

  test("tells when each cell starts and how it ends", () => {
    expect(progress.slice(0, 4).map(({ state, index, count }) => [state, index, count])).toEqual([
      ["started", 0, 15],
      ["finished", 0, 15],
      ["started", 1, 15],
      ["finished", 1, 15],
    ]);
    expect(progress.filter(({ state }) => state === "failed").map(({ cell }) => cell.id)).toEqual(["c7", "c8", "c9", "c10", "c11"]);
  });

  test("names the kernel in the notebook's metadata", () => {
    expect(result.notebook.metadata).toMatchObject({
      kernelspec: { name: "facebridge", language: "typescript" },
      language_info: { name: "typescript", file_extension: ".ts" },
    });
  });

  test(
    "gives the same bytes when it is run again from what it wrote",
    async () => {
      const again = await runNotebook(result.notebook, { parameters: { count: 7, kind: "far" } });
      expect(formatNotebook(again.notebook)).toBe(formatNotebook(result.notebook));
    },
    patience,
  );
});

test(
  "stops at the first cell that fails and names it; cells after it keep no outputs",
  async () => {
    const { failure, notebook } = await runNotebook(notebookOf({ source: "let count = 3;", tags: ["parameters"] }, "console.log(count);"), {
      parameters: { count: "many" },
    });
    expect(failure).toMatchObject({
      cellIndex: 1,
      executionCount: 2,
      cellId: "injected-parameters",
      name: "TypeScriptError",
      message: "2:1 - Type 'string' is not assignable to type 'number'.",
    });
    expect(outputsOf(notebook, "c1")).toEqual([]);
  },
  patience,
);

test(
  "ends a cell that never ends at the time limit and keeps what it printed",
  async () => {
    const { failure, notebook } = await runNotebook(notebookOf('console.log("before"); while (true) {}'), { timeoutMs: 10_000 });
    expect(failure).toMatchObject({
      name: "TimeLimitError",
      message: "the cell ran longer than 10000 ms; make its work smaller or raise timeoutMs",
    });
    expect(outputsOf(notebook, "c0")[0]).toEqual({ output_type: "stream", name: "stdout", text: "before\n" });
  },
  patience,
);

test(
  "says that a cell ended the process, from file to file",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "runner-"));
    const [input, output] = [join(folder, "in.ipynb"), join(folder, "out.ipynb")];
    await writeFile(input, formatNotebook(notebookOf("process.exit(3)")));
    const { failure } = await runNotebookFile(input, output);
    expect(failure).toMatchObject({
      name: "KernelEndedError",
      message: "the cell ended the kernel's process (exit code 3); a cell must not call process.exit or use more memory than there is",
    });
    expect(JSON.parse(await readFile(output, "utf8"))).toMatchObject({
      nbformat: 4,
      cells: [{ outputs: [{ ename: "KernelEndedError" }] }],
    });
  },
  patience,
);

test(
  "rejects with the signal's reason when it is aborted in a cell",
  async () => {
    const controller = new AbortController();
    const run = runNotebook(notebookOf("await new Promise(() => setInterval(() => {}, 1000))"), {
      signal: controller.signal,
      onCell: () => { controller.abort(new Error("enough")); }, // prettier-ignore
    });
    await expect(run).rejects.toThrow("enough");
  },
  patience,
);

test("refuses a limit of nothing", async () => {
  await expect(runNotebook(notebookOf("1"), { timeoutMs: 0 })).rejects.toThrow(
    "runNotebook: got timeoutMs 0; the limit of a cell must be above 0 ms",
  );
});

test("says that the package must be built first", async () => {
  const root = await mkdtemp(join(tmpdir(), "unbuilt-"));
  await expect(runNotebook(notebookOf("1"), { root })).rejects.toThrow(
    "runNotebook: the package is not built; notebooks import the compiled one, so run `npm run build` first",
  );
});

test("says why a kernel ended before it was ready", async () => {
  const root = await mkdtemp(join(tmpdir(), "broken-"));
  await mkdir(join(root, "dist", "kernel"), { recursive: true });
  await writeFile(join(root, "dist", "kernel", "child.js"), 'process.stderr.write("no compiler here"); process.exitCode = 2;');
  await expect(runNotebook(notebookOf("1"), { root })).rejects.toThrow(
    "startChildSession: the kernel ended before it was ready (exit code 2); build the package first\nno compiler here",
  );
});
