import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { declaredParameters, injectParameters } from "../../lib/kernel/index.js";
import { formatNotebook, readNotebook } from "../../lib/notebook/index.js";

const source = path.join(projectFolder, "notebooks");

/** The notebooks of the project, by name without ending. */
export async function notebookNames(): Promise<readonly string[]> {
  return (await readdir(source)).filter((file) => file.endsWith(".ipynb")).map((file) => path.basename(file, ".ipynb"));
}

/** Copy the project's notebooks to a new folder; run there, those that write rows write them to `resultFolder`. */
export async function copyNotebooks(folder: string, resultFolder: string): Promise<void> {
  await mkdir(folder);
  for (const name of await notebookNames()) {
    const notebook = await readNotebook(path.join(source, `${name}.ipynb`));
    const writesRows = declaredParameters(notebook).some((parameter) => parameter.name === "resultFolder");
    const copy = writesRows ? injectParameters(notebook, { resultFolder }) : notebook;
    await writeFile(path.join(folder, `${name}.ipynb`), formatNotebook(copy));
  }
}

/** The place of the cell of a notebook that holds `text`, counted from 0. */
export async function placeOf(file: string, text: string): Promise<number> {
  const index = (await readNotebook(file)).cells.findIndex(({ source }) => source.includes(text));
  expect(index, text).toBeGreaterThanOrEqual(0);
  return index;
}
