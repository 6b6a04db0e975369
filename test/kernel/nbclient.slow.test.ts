import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runNotebook } from "../../lib/kernel/index.js";
import { formatNotebook, readNotebook, type Notebook, type Output } from "../../lib/notebook/nbformat.js";
import { hasJupyter, runPython } from "./jupyter.js";
import { root } from "./kernel-client.js";
import { notebookOf } from "./notebooks.js";

const mayFail = ["raises-exception"];
const everything = notebookOf(
  'console.log("a"); console.error("b"); console.log("c"); 5',
  'import { display, newDisplay } from "tslab"; import { clearOutput } from "facebridge/kernel";\ndisplay.html("<b>x</b>"); const shown = newDisplay(); shown.text("one"); shown.text("two");',
  'shown.text("three");',
  'console.log("gone"); clearOutput(); console.log("kept");',
  'console.log("gone"); clearOutput({ wait: true }); console.log("kept");',
  { source: 'console.log("before");\nthrow new RangeError("no");', tags: mayFail },
  { source: 'Promise.reject(new TypeError("nobody waits"));', tags: mayFail },
  { source: 'const count: number = "three";', tags: mayFail },
  "await new Promise((resolve) => setTimeout(resolve, 50));\n({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>x</i>', 'text/plain': 'x' }) })",
  "for (let i = 0; i < 20_000; i++) console.log(i);",
  'import { showTable } from "facebridge/notebook"; showTable([{ map: "ridge", rank1: 0.5 }]);',
);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nbclient-"));
});
afterAll(async () => rm(folder, { recursive: true }));

/** What a reader sees of a notebook, cell by cell. */
function cellsOf(notebook: Notebook): unknown[] {
  return notebook.cells.map((cell) =>
    cell.cell_type === "code" ? [cell.source, cell.execution_count, joinStreams(cell.outputs)] : cell.source,
  );
}

/** Of one stream nbclient keeps every message by itself; front-ends join them. */
function joinStreams(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      joined[joined.length - 1] = { ...last, text: last.text + output.text };
    } else joined.push(output);
  }
  return joined;
}

async function runByJupyter(notebook: Notebook): Promise<Notebook> {
  const [input, output] = [path.join(folder, "in.ipynb"), path.join(folder, "out.ipynb")];
  await writeFile(input, formatNotebook(notebook));
  const options = ["--to", "notebook", "--execute", "--ExecutePreprocessor.kernel_name=facebridge", "--output", output];
  const { code, text } = await runPython(["-m", "jupyter", "nbconvert", ...options, input]);
  expect(code, text).toBe(0);
  return readNotebook(output);
}

test.skipIf(!hasJupyter)("the runner and nbclient give the same outputs of every kind", async () => {
  const { notebook, failure } = await runNotebook(everything);
  expect(failure).toBeNull();
  expect(cellsOf(await runByJupyter(everything))).toEqual(cellsOf(notebook));
});

test.skipIf(!hasJupyter)("the runner and nbclient give the same outputs of a notebook of the project", async () => {
  const source = await readNotebook(path.join(root, "notebooks", "01-do-networks-see-alike.ipynb"));
  const { notebook, failure } = await runNotebook(source);
  expect(failure).toBeNull();
  expect(cellsOf(await runByJupyter(source))).toEqual(cellsOf(notebook));
});
