import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/index.js";
import { runNotebookFile } from "../kernel/index.js";
import { renderPage } from "../notebook/index.js";
import { readResultFile, type ResultRow, summarise } from "../study/index.js";
import { interruptSignal, print, progressBar, say, textTable } from "./terminal.js";

/** The notebook that walks the whole way once. */
const quickNotebook = "01-do-networks-see-alike";

/** `facebridge start`: the quick study on the embedded pack, as an executed notebook, a page and a headline table. */
export async function startCommand(): Promise<void> {
  const out = path.join("runs", "start");
  const page = await runToPage(quickNotebook, out, { resultFolder: out });
  const results = path.join(projectFolder, out, `${quickNotebook}.json`);
  print(headline(await readResultFile(results)));
  print(`\nnotebook  ${path.join(projectFolder, out, `${quickNotebook}.ipynb`)}\npage      ${page}\nrows      ${results}`);
  print("\nCell by cell in JupyterLab: npm run lab (needs Python 3; the first time it installs JupyterLab under .venv)");
}

/** `facebridge study`: every notebook, executed, with its page under site/; the notebooks keep the outputs of a run that succeeds. */
export async function studyCommand(): Promise<void> {
  const folder = path.join(projectFolder, "notebooks");
  const out = path.join("runs", "study");
  await mkdir(path.join(projectFolder, "site"), { recursive: true });
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).sort()) {
    const page = await runToPage(path.basename(file, ".ipynb"), out, {});
    await copyFile(path.join(projectFolder, out, file), path.join(folder, file));
    const published = path.join(projectFolder, "site", path.basename(page));
    await copyFile(page, published);
    print(published);
  }
}

/** Execute a notebook with parameters into the folder `out` of the project, and write its page there. @returns the page's path. */
async function runToPage(name: string, out: string, parameters: Record<string, string>): Promise<string> {
  const folder = path.join(projectFolder, out);
  await mkdir(folder, { recursive: true });
  const executed = path.join(folder, `${name}.ipynb`);
  let progress: ReturnType<typeof progressBar> | undefined;
  const { notebook, failure } = await runNotebookFile(path.join(projectFolder, "notebooks", `${name}.ipynb`), executed, {
    parameters,
    signal: interruptSignal(),
    onCell: ({ state, index, count }) => {
      progress ??= progressBar(name, "cells", count);
      progress.update(state === "started" ? index : index + 1);
    },
  });
  progress?.end();
  if (failure) {
    say(failure.traceback.join("\n"));
    throw new DataError(`${name}: cell ${failure.cellIndex + 1} failed with ${failure.name}: ${failure.message}; see ${executed}`);
  }
  const page = path.join(folder, `${name}.html`);
  await writeFile(page, await renderPage(notebook));
  return page;
}

function headline(rows: readonly ResultRow[]): string {
  const metrics = ["rank1", "auc", "tmr@fmr=1e-2"];
  const summary = summarise(rows.filter(({ frame, metric }) => frame === "centred" && metrics.includes(metric)));
  const maps = [...new Set(summary.map(({ map }) => map))];
  const cell = (map: string, metric: string): string => {
    const { mean, low, high } = summary.find((row) => row.map === map && row.metric === metric)!;
    return low === null || high === null ? mean.toFixed(3) : `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  };
  const [{ gallery, probes, train, testSet }] = rows;
  const pairCount = Math.max(...summary.map((row) => row.pairCount));
  return [
    `Means over ${pairCount} ordered pairs of face networks on ${testSet}: ${train} training rows, gallery ${gallery}, probes ${probes}; rank-1 by chance ${(1 / gallery).toFixed(4)}`,
    "95 % intervals over networks (leave one out); native: each network against itself",
    textTable(
      ["map", ...metrics],
      maps.map((map) => [map, ...metrics.map((metric) => cell(map, metric))]),
    ),
  ].join("\n");
}
