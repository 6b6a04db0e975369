import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError, ValueError } from "../core/errors.js";
import { projectFolder } from "../data/locate.js";
import { hasTag, readNotebook, writeNotebook, type Cell, type CellMetadata, type CodeCell, type Notebook } from "../notebook/nbformat.js";
import { isProgress } from "../notebook/progress.js";
import type { CellError } from "./cell-error.js";
import { createOutputRecorder } from "./cell-outputs.js";
import { startChildSession, type ChildSession } from "./child-session.js";
import { injectParameters, type Parameters } from "./parameters.js";
import type { Sinks } from "./sinks.js";
import { requireOfTslab } from "./tslab.js";

export interface RunOptions {
  /** Values for names of the cell tagged `parameters`. @defaultValue none */
  readonly parameters?: Parameters;
  /** Limit of each cell, in milliseconds. @defaultValue 600000 */
  readonly timeoutMs?: number;
  /** Told when a code cell starts and when it ends. */
  readonly onCell?: (progress: CellProgress) => void;
  /** Told what the bar of a running cell says, such as "maps ███░ 12/40 evaluations · 3.1/s · 9 s left". */
  readonly onProgress?: (line: string) => void;
  /** Stops the run, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Folder with package.json and dist/; cells import the package from here. @defaultValue this package's */
  readonly root?: string;
}

export interface CellProgress {
  readonly state: "started" | "finished" | "failed";
  /** Of the cell among the code cells, from 0. */
  readonly index: number;
  /** Code cells of the notebook. */
  readonly count: number;
  readonly cell: CodeCell;
}

export interface RunResult {
  /** The notebook with the outputs of this run; cells after a failure have none. */
  readonly notebook: Notebook;
  /** The cell that stopped the run; null when all cells ran. */
  readonly failure: CellFailure | null;
}

export interface CellFailure extends CellError {
  /** Of the cell among all cells of the executed notebook, from 0. */
  readonly cellIndex: number;
  /** As Jupyter counts the cells that ran: In [1], In [2], … */
  readonly executionCount: number;
  readonly cellId: string;
}

/** How the notebook names its kernel, whoever ran it last. */
const kernelspec = { display_name: "TypeScript (facebridge)", language: "typescript", name: "facebridge" };

/**
 * Run a notebook's code cells top to bottom in a fresh process and return it with their outputs.
 *
 * The first failing cell ends the run, as result and not as exception; a cell tagged `raises-exception` may fail. The same
 * notebook gives the same result to the byte as long as its cells do: no time, path or random id is recorded.
 *
 * @throws ValueError for parameters that cannot be injected, or a time limit that is not positive.
 * @throws DataError when the package is not built, or tslab is not installed.
 */
export async function runNotebook(notebook: Notebook, options: RunOptions = {}): Promise<RunResult> {
  const { parameters = {}, timeoutMs = 600_000, onCell, onProgress, signal, root = projectFolder } = options;
  if (!(timeoutMs > 0)) throw new ValueError(`runNotebook: got timeoutMs ${timeoutMs}; the limit of a cell must be above 0 ms`);
  const prepared = injectParameters(notebook, parameters);
  if (!existsSync(join(root, "dist", "kernel", "child.js"))) {
    throw new DataError("runNotebook: the package is not built; notebooks import the compiled one, so run `npm run build` first");
  }
  requireOfTslab("runNotebook");
  const session = await startChildSession(root, signal);
  try {
    return await runCells(prepared, { session, timeoutMs, onCell, onProgress, signal });
  } finally {
    session.close();
  }
}

/** {@link runNotebook} from file to file. The output is written when the run ends, also when a cell failed. */
export async function runNotebookFile(input: string, output: string, options: RunOptions = {}): Promise<RunResult> {
  const result = await runNotebook(await readNotebook(input), options);
  await writeNotebook(output, result.notebook);
  return result;
}

interface Run {
  readonly session: ChildSession;
  readonly timeoutMs: number;
  readonly onCell: RunOptions["onCell"];
  readonly onProgress: RunOptions["onProgress"];
  readonly signal: AbortSignal | undefined;
}

async function runCells(notebook: Notebook, { session, timeoutMs, onCell, onProgress, signal }: Run): Promise<RunResult> {
  const recorder = createOutputRecorder();
  const executed: Cell[] = notebook.cells.map(clearCell);
  const codeIndices = executed.flatMap((cell, index) => (cell.cell_type === "code" && cell.source.trim() !== "" ? [index] : []));
  let failure: CellFailure | null = null;

  for (const [index, cellIndex] of codeIndices.entries()) {
    const cell = executed[cellIndex] as CodeCell;
    const progress = { index, count: codeIndices.length };
    const executionCount = index + 1;
    onCell?.({ ...progress, state: "started", cell });
    recorder.startCell();
    const sinks: Sinks = {
      ...recorder,
      result: (data) => {
        recorder.result(executionCount, data);
      },
      display: (display) => {
        recorder.display(display);
        const text = display.data["text/plain"];
        if (isProgress(display.displayId) && typeof text === "string") onProgress?.(text);
      },
    };
    const outcome = await session.execute(cell.source, sinks, { timeoutMs, signal });
    if (outcome.status === "error") recorder.error(outcome.error);
    const done: CodeCell = { ...cell, execution_count: executionCount, outputs: recorder.outputs };
    executed[cellIndex] = done;
    onCell?.({ ...progress, state: outcome.status === "ok" ? "finished" : "failed", cell: done });
    if (outcome.status === "error" && !hasTag(cell, "raises-exception")) {
      failure = { cellIndex, executionCount, cellId: cell.id, ...outcome.error };
      break;
    }
  }
  const language = { name: "typescript", version: session.languageVersion, mimetype: "text/typescript", file_extension: ".ts" };
  const metadata = { ...keepMetadata(notebook.metadata), kernelspec, language_info: { ...language, codemirror_mode: "typescript" } };
  return { notebook: { nbformat: 4, nbformat_minor: 5, metadata, cells: executed }, failure };
}

function clearCell(cell: Cell): Cell {
  const metadata = keepMetadata(cell.metadata) as CellMetadata;
  return cell.cell_type === "code" ? { ...cell, metadata, execution_count: null, outputs: [] } : { ...cell, metadata };
}

/** Without what front-ends and earlier runs leave behind: times, paths, widget states. */
function keepMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const left = new Set(["execution", "ExecuteTime", "papermill", "widgets", "collapsed", "scrolled"]);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !left.has(key)));
}
