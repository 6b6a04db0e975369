import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { readNotebook } from "../../lib/notebook/nbformat.js";
import { temporaryFolder } from "../temporary-folder.js";
import { hasJupyter, runPython } from "./jupyter.js";

const notebooks = path.join(projectFolder, "notebooks");
const names = readdirSync(notebooks).filter((name) => name.endsWith(".ipynb"));

test.skipIf(!hasJupyter)("nbconvert with its own template shows every figure of the notebooks", async () => {
  const folder = await temporaryFolder();
  const files = names.map((name) => path.join(notebooks, name));
  const options = ["--to", "html", "--template", "lab", "--output-dir", folder];
  const { code, text } = await runPython(["-m", "jupyter", "nbconvert", ...options, ...files]);
  expect(code, text).toBe(0);
  for (const name of names) {
    const { cells } = await readNotebook(path.join(notebooks, name));
    const outputs = cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []));
    const figures = outputs.filter((output) => "data" in output && ("image/svg+xml" in output.data || "image/png" in output.data));
    const page = await readFile(path.join(folder, name.replace(/ipynb$/, "html")), "utf8");
    expect([name, page.match(/<div class="jp-Rendered(?:SVG|Image) /g)?.length ?? 0]).toEqual([name, figures.length]);
  }
});
