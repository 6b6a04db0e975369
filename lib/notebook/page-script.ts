import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/**
 * Draws each figure from the program beside it. Vega interprets the program's expressions, so that the page need not allow
 * code from strings; a figure that fails keeps its image.
 */
const drawFigures = `"use strict";
for (const figure of document.querySelectorAll("figure.live")) {
  const program = JSON.parse(figure.querySelector("script").textContent);
  const runtime = vega.parse(program, null, { ast: true });
  const container = figure.querySelector(".drawn");
  new vega.View(runtime, { expr: vega.expressionInterpreter, renderer: "svg", container, hover: true })
    .runAsync()
    .then(() => { figure.querySelector(".static").hidden = true; }, () => { container.hidden = true; });
}`;

/** The scripts of a page with live figures, in order: Vega, its interpreter, and the call that draws. */
export async function pageScripts(): Promise<readonly string[]> {
  const require = createRequire(import.meta.url);
  const files = ["vega/build/vega.min.js", "vega-interpreter/build/vega-interpreter.min.js"];
  const sources = await Promise.all(files.map((file) => readFile(require.resolve(file), "utf8")));
  // A source map's address would be asked for by a reader's debugger.
  return [...sources.map((source) => source.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "")), drawFigures];
}
