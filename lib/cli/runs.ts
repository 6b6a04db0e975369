import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { workFolder } from "../data/index.js";
import { readProvenance, readStarted, type RunProvenance } from "../kernel/index.js";
import { compareRows, readResultFile, type ResultRow } from "../study/index.js";
import { print, printJson, say, textTable } from "./terminal.js";

/** What `facebridge run` has kept of one run. */
export interface KeptRun {
  /** `<notebook>/<digest>`. */
  readonly id: string;
  readonly folder: string;
  /** Whether it came to its end. */
  readonly whole: boolean;
  /** What it says of itself; null where it was stopped before it could. */
  readonly provenance: RunProvenance | null;
}

const runsFolder = path.join(workFolder(), "runs");
/** A run's own folder: sixteen hex digits. */
const digest = /^[0-9a-f]{16}$/;

/** `facebridge runs list`: the runs that are kept, with the parameters in which those of one notebook differ. */
export async function listRunsCommand({ json = false }: { readonly json?: boolean }): Promise<void> {
  const runs = await findRuns();
  if (json) {
    printJson(runs.map(({ provenance, ...run }) => ({ ...run, ...provenance })));
    return;
  }
  if (runs.length === 0) {
    say(`no runs under ${runsFolder}; make one with: facebridge run <notebook>`);
    return;
  }
  print(textTable(["run", "state", "parameters"], runs.map((run) => [run.id, run.whole ? "whole" : "stopped", differing(run, runs)]))); // prettier-ignore
}

/** `facebridge runs compare`: the rows of two runs side by side. */
export async function compareRunsCommand(
  one: string,
  other: string,
  { json = false, limit }: { readonly json?: boolean; readonly limit: number },
): Promise<void> {
  const runs = await findRuns();
  const [first, second] = [one, other].map((name) => pickRun(name, runs));
  const compared = compareRows(await rowsOf(first), await rowsOf(second));
  if (json) {
    printJson(compared);
    return;
  }
  const { rows, onlyFirst, onlySecond } = compared;
  const largest = rows.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference)).slice(0, limit);
  const number = (value: number): string => value.toFixed(4);
  print(
    textTable(
      [...compared.keys, "first", "second", "difference", "95 % from", "to"],
      largest.map(({ key, first: a, second: b, difference, low, high }) => [
        ...key, number(a), number(b), number(difference), low === null ? "–" : number(low), high === null ? "–" : number(high),
      ]), // prettier-ignore
    ),
  );
  if (rows.length > limit) say(`the ${limit} largest of ${rows.length} differences; --limit shows more, --json all`);
  if (onlyFirst + onlySecond > 0) say(`${onlyFirst} rows are in the first alone, ${onlySecond} in the second alone`);
  say("intervals of differences take the two runs as independent, which is too wide where they share people");
}

/** `facebridge runs clean`: take away the runs that were stopped, or those that are named. */
export async function cleanRunsCommand(names: readonly string[]): Promise<void> {
  const runs = await findRuns();
  const chosen = names.length > 0 ? names.map((name) => pickRun(name, runs)) : runs.filter(({ whole }) => !whole);
  for (const { folder, id } of chosen) {
    await rm(folder, { recursive: true });
    print(`removed ${id}`);
  }
  if (chosen.length === 0) say("nothing to remove: no run was stopped; name a run to remove a whole one");
}

/** The runs under runs/, by notebook and digest. */
export async function findRuns(): Promise<KeptRun[]> {
  const subfolders = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort(); // prettier-ignore
  const runs: KeptRun[] = [];
  for (const notebook of await subfolders(runsFolder)) {
    for (const name of (await subfolders(path.join(runsFolder, notebook))).filter((entry) => digest.test(entry))) {
      const folder = path.join(runsFolder, notebook, name);
      const provenance = await readProvenance(folder);
      runs.push({ id: `${notebook}/${name}`, folder, whole: provenance !== null, provenance: provenance ?? (await readStarted(folder)) });
    }
  }
  return runs;
}

/** A run by its folder, its name, or the beginning of its digest. @throws DataError when no run, or several, are called so. */
export function pickRun(name: string, runs: readonly KeptRun[]): KeptRun {
  const found = runs.filter(({ id, folder }) => folder === path.resolve(name) || id === name || id.split("/")[1].startsWith(name));
  if (found.length === 1) return found[0];
  throw new DataError(
    `runs: ${found.length === 0 ? "no run is" : `${found.length} runs are`} called ${name}; facebridge runs list names them`,
  );
}

async function rowsOf({ folder, id }: KeptRun): Promise<ResultRow[]> {
  const files = await resultFilesOf(folder);
  if (files.length === 0) throw new DataError(`runs: ${id} holds no result rows; run its notebook again`);
  return (await Promise.all(files.map((file) => readResultFile(file)))).flat();
}

/** The files of result rows in a run's folder. */
export async function resultFilesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json") && !["provenance.json", "started.json"].includes(name));
  return names.sort().map((name) => path.join(folder, name));
}

/** The parameters in which the runs of the same notebook differ. */
function differing({ provenance }: KeptRun, runs: readonly KeptRun[]): string {
  if (provenance === null) return "";
  const others = runs.flatMap((run) => (run.provenance?.notebook === provenance.notebook ? [run.provenance.parameters] : []));
  const names = Object.keys(provenance.parameters).filter((name) => new Set(others.map((one) => JSON.stringify(one[name]))).size > 1);
  return names.map((name) => `${name}=${JSON.stringify(provenance.parameters[name])}`).join(" ");
}
