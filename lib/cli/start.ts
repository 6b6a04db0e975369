import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { projectFolder } from "../data/index.js";
import { runNotebookFile } from "../kernel/index.js";
import { readNotebook, renderPage } from "../notebook/index.js";
import { chanceOf, readResultFile, type ResultRow, summarise } from "../study/index.js";
import { cellFailure } from "./cell-failure.js";
import { followNotebook } from "./follow-notebook.js";
import { findOwnNotebook, ownNotebooks } from "./own-notebook.js";
import { publishCommand } from "./publish.js";
import { interruptSignal, print, textTable, withInterval } from "./terminal.js";
import { needWorkingCopy } from "./working-copy.js";

/** The notebook that walks the whole way once. */
const quickNotebook = "01-do-networks-see-alike";

/** `facebridge start`: the quick study on the embedded pack, as an executed notebook, a page and a headline table. */
export async function startCommand(): Promise<void> {
  needWorkingCopy("start");
  const out = path.join("runs", "start");
  const executed = await executeNotebook(quickNotebook, out, { resultFolder: out });
  const page = path.join(projectFolder, out, `${quickNotebook}.html`);
  await writeFile(page, await renderPage(await readNotebook(executed)));
  const results = path.join(projectFolder, out, `${quickNotebook}.json`);
  print(headline(await readResultFile(results)));
  print(`\nnotebook  ${executed}\npage      ${page}\nrows      ${results}`);
  print("\nCell by cell in JupyterLab: npm run lab (needs Python 3; the first time it installs JupyterLab under .venv)");
}

/**
 * `facebridge study`: the notebooks, executed, and the site of them; they keep the outputs of a run that succeeds.
 *
 * @param names of those to execute; all where none is named.
 * @throws DataError when there is no notebook of a name, before any runs.
 */
export async function studyCommand(names: readonly string[]): Promise<void> {
  needWorkingCopy("study");
  const chosen = names.map((name) => findOwnNotebook(name, "study"));
  for (const name of chosen.length > 0 ? chosen : ownNotebooks()) {
    await copyFile(await executeNotebook(name, path.join("runs", "study"), {}), path.join(projectFolder, "notebooks", `${name}.ipynb`));
  }
  await publishCommand([], { out: path.join(projectFolder, "site") });
}

/** Execute a notebook with parameters into the folder `out` of the project. @returns the executed notebook's path. */
async function executeNotebook(name: string, out: string, parameters: Record<string, string>): Promise<string> {
  const folder = path.join(projectFolder, out);
  await mkdir(folder, { recursive: true });
  const executed = path.join(folder, `${name}.ipynb`);
  const { end, ...follower } = followNotebook(name);
  const { failure } = await runNotebookFile(path.join(projectFolder, "notebooks", `${name}.ipynb`), executed, {
    parameters,
    signal: interruptSignal(),
    ...follower,
  });
  end(failure);
  if (failure) throw cellFailure(failure, `${name}.ipynb`, executed);
  return executed;
}

function headline(rows: readonly ResultRow[]): string {
  const metrics = ["rank1", "auc", "tmr@fmr=1e-2"];
  const summary = summarise(rows.filter(({ frame, metric }) => frame === "centred" && metrics.includes(metric)));
  const maps = [...new Set(summary.map(({ map }) => map))];
  const cell = (map: string, metric: string): string => {
    const { mean, low, high } = summary.find((row) => row.map === map && row.metric === metric)!;
    return withInterval(mean, low, high);
  };
  const [{ gallery, probes, train, testSet }] = rows;
  const pairCount = Math.max(...summary.map((row) => row.pairCount));
  return [
    `Means over ${pairCount} ordered pairs of face networks on ${testSet}: ${train} training rows, gallery ${gallery}, probes ${probes}; rank-1 by chance ${chanceOf("rank1", gallery).toFixed(4)}`,
    "95 % intervals over networks (leave one out); native: each network against itself",
    textTable(
      ["map", ...metrics],
      maps.map((map) => [map, ...metrics.map((metric) => cell(map, metric))]),
    ),
  ].join("\n");
}
