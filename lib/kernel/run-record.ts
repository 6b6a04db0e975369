import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { packageVersion } from "../core/version.js";
import { removeLeftovers, writeAtomically } from "../data/atomic-file.js";
import { localFolder, manifestFolder, packFolder, projectFolder, workFolder } from "../data/locate.js";
import { toPng } from "../figures/png.js";
import { usualEngine } from "../linalg/choose-engine.js";
import { formatNotebook, readNotebook, type CodeCell, type Notebook } from "../notebook/nbformat.js";
import { picturesOf } from "../notebook/pictures.js";
import { codeDigest } from "../study/code-digest.js";
import { checkParameters, declaredParameters } from "./declared-parameters.js";
import type { Parameters } from "./parameters.js";
import { runNotebook, type CellFailure, type RunOptions } from "./runner.js";

/** How a recorded run came to be: what decides its results, and nothing else. */
export interface RunProvenance {
  readonly notebook: string;
  /** Values of all parameters, given or declared; undefined ones, which are computed, are left out. */
  readonly parameters: Parameters;
  readonly packageVersion: string;
  /** That studies use unless a cell names another. */
  readonly engine: string;
  /** Commit that is checked out, with "+" when files differ from it; null outside of a repository. */
  readonly git: string | null;
  /** SHA-256, hex: of the notebook's code, the library's code, the manifests, the embedded pack, and the embeddings and face sets that the user has added. */
  readonly digests: Readonly<Record<"notebook" | "code" | "manifests" | "pack" | "local", string>>;
}

export interface RecordedRun {
  /** Holds notebook.ipynb, the notebook's result file, figures/ and, when the run is whole, provenance.json; else started.json. */
  readonly folder: string;
  /** Whether a run with the same code, data and parameters was there already. */
  readonly reused: boolean;
  /** The cell that stopped the run; null when all cells ran. */
  readonly failure: CellFailure | null;
}

export interface RecordOptions extends Pick<RunOptions, "onCell" | "onProgress" | "signal" | "timeoutMs"> {
  readonly parameters?: Parameters;
  /** Folder of the runs of all notebooks. @defaultValue runs of the `workFolder` */
  readonly out?: string;
}

const provenanceFile = "provenance.json";
/** What provenance.json is called until the run is whole. */
const startedFile = "started.json";
/** What studies read of the user's folder. */
const studiedFolders = ["face-sets", "embeddings", "added-embeddings"];

/**
 * Run a notebook into a folder of its own, `<out>/<notebook>/<digest>/`, or find the same run there.
 *
 * The digest is of all that decides the results. `provenance.json` is called `started.json` until the run is whole: a folder that holds that
 * is of a run that was stopped, and the next run goes on from what the cache holds.
 *
 * @throws ValueError for parameters that the notebook does not declare, before anything runs.
 */
export async function recordRun(
  file: string,
  { parameters = {}, out = path.join(workFolder(), "runs"), ...options }: RecordOptions = {},
): Promise<RecordedRun> {
  const notebook = await readNotebook(file);
  const provenance = await describeRun(notebook, path.basename(file, ".ipynb"), parameters);
  const folder = path.join(
    path.resolve(workFolder(), out),
    provenance.notebook,
    digestOf(JSON.stringify({ ...provenance, git: null })).slice(0, 16),
  );
  if ((await readProvenance(folder)) !== null) return { folder, reused: true, failure: null };

  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  await writeAtomically(path.join(folder, startedFile), [Buffer.from(`${JSON.stringify(provenance, null, 2)}\n`)]);
  const declared = declaredParameters(notebook).map(({ name }) => name);
  const results = declared.includes("resultFolder") ? { resultFolder: path.relative(workFolder(), folder).split(path.sep).join("/") } : {};
  const { notebook: executed, failure } = await runNotebook(notebook, { ...options, parameters: { ...results, ...parameters } });
  await writeAtomically(path.join(folder, "notebook.ipynb"), [Buffer.from(formatNotebook(executed))]);
  if (failure === null) {
    await writeFigures(executed, path.join(folder, "figures"));
    await rename(path.join(folder, startedFile), path.join(folder, provenanceFile)).catch(async (error: unknown) => {
      if ((await readProvenance(folder)) === null) throw error; // else another process that runs the same was faster
    });
  }
  return { folder, reused: false, failure };
}

/** What a whole run says of itself; null where there is none. */
export async function readProvenance(folder: string): Promise<RunProvenance | null> {
  return readRecord(path.join(folder, provenanceFile));
}

/** What a run that is not whole said of itself when it started; null where there is none. */
export async function readStarted(folder: string): Promise<RunProvenance | null> {
  return readRecord(path.join(folder, startedFile));
}

async function readRecord(file: string): Promise<RunProvenance | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as RunProvenance);
}

async function describeRun(notebook: Notebook, name: string, given: Parameters): Promise<RunProvenance> {
  checkParameters(notebook, given);
  const known = declaredParameters(notebook).filter(({ name: parameter }) => parameter !== "resultFolder");
  const parameters = Object.fromEntries(known.flatMap(({ name: parameter, value }) => (value === undefined ? [] : [[parameter, value]])));
  const code = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === "code").map(({ source }) => source);
  return {
    notebook: name,
    parameters: { ...parameters, ...given },
    packageVersion,
    engine: usualEngine(),
    git: await gitState(),
    digests: {
      notebook: digestOf(JSON.stringify(code)),
      code: codeDigest(),
      manifests: await folderDigest(manifestFolder),
      pack: await folderDigest(packFolder),
      local: digestOf((await Promise.all(studiedFolders.map((name) => folderDigest(path.join(localFolder(), name))))).join()),
    },
  };
}

/** Every figure as it can be had: SVG with a PNG of it, or the PNG alone, by the cell's id. Others, of a run that was stopped, are taken away. */
async function writeFigures({ cells }: Notebook, folder: string): Promise<void> {
  const written = new Set<string>();
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    await writeAtomically(path.join(folder, name), [bytes]);
    written.add(name);
  };
  for (const cell of cells) {
    for (const [i, picture] of picturesOf(cell).entries()) {
      const name = i === 0 ? cell.id : `${cell.id}-${i + 1}`;
      if ("svg" in picture) await write(`${name}.svg`, Buffer.from(picture.svg));
      await write(`${name}.png`, "svg" in picture ? await toPng(picture.svg) : picture.png);
    }
  }
  await removeLeftovers(folder);
  for (const name of await readdir(folder).catch(() => [])) {
    // Another process that runs the same has the same figures, and perhaps a half of one.
    if (!written.has(name) && !name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
  }
}

async function gitState(): Promise<string | null> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)("git", [...args], { cwd: projectFolder })).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    return (await git("status", "--porcelain", "--", "lib", "data", "data-manifests", "package.json")) === "" ? commit : `${commit}+`;
  } catch {
    return null;
  }
}

async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(`${path.relative(folder, file)}\n`).update(await readFile(file));
  return hash.digest("hex");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
