import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { DataError, ValueError } from "../core/errors.js";
import { projectFolder } from "../data/index.js";
import {
  declaredParameters,
  readParameter,
  recordRun,
  type DeclaredParameter,
  type Parameters,
  type RecordedRun,
} from "../kernel/index.js";
import { readNotebook } from "../notebook/index.js";
import { cellFailure } from "./cell-failure.js";
import { followNotebook } from "./follow-notebook.js";
import { findOwnNotebook } from "./own-notebook.js";
import { interruptSignal, print, progressBar, say } from "./terminal.js";
import { needWorkingCopy } from "./working-copy.js";

export interface RunCommandOptions {
  /** `name=value`, of one run. */
  readonly set: readonly string[];
  /** `name=list`, of a sweep: every combination is run. */
  readonly grid: readonly string[];
  /** YAML or JSON file of parameters; `--set` wins over it. */
  readonly params?: string;
  readonly out?: string;
  readonly cache: boolean;
}

/** `facebridge run`: a notebook with other parameters, or all combinations of several, each kept in a folder of its own. */
export async function runNotebookCommand(name: string, { set, grid, params, out, cache }: RunCommandOptions): Promise<void> {
  needWorkingCopy("run");
  const file = findNotebook(name);
  const declared = declaredParameters(await readNotebook(file));
  const fixed = { ...(params === undefined ? {} : await readParameterFile(params)), ...readAll(declared, set, "--set") };
  const combinations = combine(grid.map((text) => readAxis(declared, text))).map((axis) => ({ ...fixed, ...axis }));
  if (!cache) process.env.FACEBRIDGE_STUDY_CACHE = "off";
  const signal = interruptSignal();
  const options = { signal, ...(out === undefined ? {} : { out: path.resolve(out) }) };
  if (combinations.length === 1) {
    const { end, ...follower } = followNotebook(path.basename(file, ".ipynb"));
    const run = await recordRun(file, { ...options, parameters: combinations[0], ...follower });
    if (!run.reused) end(run.failure);
    tell(run, file);
    return;
  }
  const bar = progressBar(path.basename(file, ".ipynb"), "runs", combinations.length);
  const runs: (RecordedRun | undefined)[] = new Array<undefined>(combinations.length).fill(undefined);
  let next = 0;
  let done = 0;
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    for (let i = next++; i < combinations.length; i = next++) {
      runs[i] = await recordRun(file, { ...options, parameters: combinations[i], signal: AbortSignal.any([signal, stop.signal]) });
      bar.update(++done);
    }
  };
  const workers = Array.from({ length: Math.min(availableParallelism(), combinations.length) }, () =>
    work().catch((error: unknown) => {
      stop.abort(error); // what stops one run, such as a full disk, would stop the others
      throw error;
    }),
  );
  await Promise.all(workers);
  bar.end();
  for (const run of runs) tell(run!, file);
}

/** The folder, on standard output. @throws DataError when a cell failed. */
function tell({ folder, reused, failure }: RecordedRun, file: string): void {
  if (reused) say("nothing has changed since this run:");
  print(path.relative(process.cwd(), folder) || ".");
  if (failure === null) return;
  throw cellFailure(failure, path.basename(file), path.join(folder, "notebook.ipynb"));
}

/** A path, or the name of one of the project's notebooks, or its number. */
function findNotebook(name: string): string {
  if (name.endsWith(".ipynb") && existsSync(name)) return path.resolve(name);
  return path.join(projectFolder, "notebooks", `${findOwnNotebook(name, "run")}.ipynb`);
}

/** YAML, and so JSON too, which is a part of it. */
async function readParameterFile(file: string): Promise<Parameters> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(await readFile(file, "utf8"), { logLevel: "error" });
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0].replace(/:$/, "");
    throw new DataError(`run: ${file} cannot be read (${reason}); it must hold names and values of parameters, as YAML or JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DataError(`run: ${file} must hold one object of parameters, as YAML or JSON`);
  return value as Parameters;
}

function readAll(declared: readonly DeclaredParameter[], texts: readonly string[], flag: string): Parameters {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, value] = splitAt(text, flag);
      return [name, readParameter(declared, name, value)];
    }),
  );
}

interface Axis {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** `seed=1..5`, or `fractions=0.1,0.5,1`: one run for each. */
function readAxis(declared: readonly DeclaredParameter[], text: string): Axis {
  const [name, list] = splitAt(text, "--grid");
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(list);
  const texts =
    range === null
      ? list.split(",")
      : Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, i) => String(Number(range[1]) + i));
  if (texts.length === 0) throw new ValueError(`run: --grid ${text} names no value; give a list between commas, or first..last`);
  return { name, values: texts.map((value) => readParameter(declared, name, value)) };
}

function combine(axes: readonly Axis[]): Parameters[] {
  return axes.reduce<Parameters[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

function splitAt(text: string, flag: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new ValueError(`run: got ${flag} ${text}; it must be name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}
