import { existsSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../lib/data/locate.js";
import { runNotebook } from "../../lib/kernel/index.js";
import { readNotebook } from "../../lib/notebook/index.js";
import { readResultFile, type ResultRow } from "../../lib/study/index.js";
import { temporaryFolder } from "../temporary-folder.js";

/** How far the same number may be from itself on one machine. */
const tolerance = 1e-9;

/**
 * The first difference between the rows that a notebook wrote in the lab and those that the runner gives, or null; of a notebook that has no
 * rows of record there is none.
 *
 * Rows of record were written by the runner, perhaps on a machine that rounds otherwise; where they differ, the runner runs here.
 */
export async function differenceFromRunner(name: string, file: string): Promise<string | null> {
  const recorded = path.join(projectFolder, "notebooks", "results", `${name}.json`);
  if (!existsSync(recorded)) return null;
  const rows = await readResultFile(file);
  if (findDifference(rows, await readResultFile(recorded)) === null) return null;
  const resultFolder = await temporaryFolder();
  const notebook = await readNotebook(path.join(projectFolder, "notebooks", `${name}.ipynb`));
  await runNotebook(notebook, { parameters: { resultFolder } });
  return findDifference(rows, await readResultFile(path.join(resultFolder, `${name}.json`)));
}

/** The first value in which two lists of rows differ by more than the tolerance, or null. */
export function findDifference(rows: readonly ResultRow[], expected: readonly ResultRow[]): string | null {
  if (rows.length !== expected.length) return `${rows.length} rows instead of ${expected.length}`;
  for (const [i, row] of rows.entries()) {
    for (const name of Object.keys(expected[i]) as (keyof ResultRow)[]) {
      const [found, wanted] = [row[name], expected[i][name]];
      const isNear = typeof found === "number" && typeof wanted === "number" && Math.abs(found - wanted) <= tolerance;
      if (found !== wanted && !isNear) return `row ${i}: ${name} is ${found ?? "null"} instead of ${wanted ?? "null"}`;
    }
  }
  return null;
}
