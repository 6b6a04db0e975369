import type ts from "typescript";
import { oneAfterAnother } from "../core/one-after-another.js";
import { cellContext, type CellContext } from "./cell-context.js";
import { describeDiagnostics, describeInterrupt, describeThrown, type CellError } from "./cell-error.js";
import { createCellCompiler, endsInAssignment } from "./compiler.js";
import { captureOutput } from "./process-output.js";
import { quietInspection } from "./quiet-inspection.js";
import { encodeBinary, showValue } from "./show-value.js";
import type { Sinks, StreamName } from "./sinks.js";
import { createStreamBuffer } from "./stream-buffer.js";
import { createTslab, setDisplayHook, type TslabDisplay, type TslabHandler } from "./tslab.js";

export type Outcome =
  { readonly status: "ok"; readonly count: number } | { readonly status: "error"; readonly count: number; readonly error: CellError };

export interface SessionOptions {
  /** Folder with package.json; cells import from here, and it becomes the working directory. */
  readonly root: string;
  /** Milliseconds that only ever grow. @defaultValue performance.now */
  readonly clock?: () => number;
  /** Told who holds the thread from now on, and in which turn: odd while a cell runs, no two cells the same. @defaultValue nobody */
  readonly onHolder?: (holder: Holder, turn: number) => void;
}

/**
 * Who holds the thread: the kernel; a cell from its start until it waits for something, which SIGINT breaks off; or what a
 * cell has started, which only another thread can end.
 */
export type Holder = "kernel" | "cell" | "callback";

export interface ExecuteOptions {
  /** Whether the cell gets a number of its own. @defaultValue true */
  readonly counted?: boolean;
}

/** One TypeScript session: cells share their names, and each is type-checked against what the ones before declared. */
export interface Session {
  /** Version of the TypeScript that checks the cells. */
  readonly languageVersion: string;
  /** That TypeScript. */
  readonly compiler: typeof ts;
  /** Number of the last counted cell. */
  readonly count: number;
  /** Run one cell. Never rejects for what the cell does. One at a time: a second call waits for the first. */
  execute(code: string, sinks: Sinks, options?: ExecuteOptions): Promise<Outcome>;
  /** tslab's answers to the questions of a front-end. */
  readonly handler: TslabHandler;
  /** Abort the running cell's signal; what has not stopped shortly after is no longer waited for. */
  interrupt(): void;
  /** Say something of the kernel's own beside the running cell. */
  say(name: StreamName, text: string): void;
  /** Give the process its streams back. */
  close(): void;
}

/** How long an interrupted cell may take to stop by itself. */
const graceMs = 250;

/**
 * Start a session in this process: one only, because tslab keeps its state in globals and takes over the process's streams.
 */
export function createSession({ root, clock = () => performance.now(), onHolder = () => undefined }: SessionOptions): Session {
  if (process.cwd() !== root) process.chdir(root);
  quietInspection();
  const compiler = createCellCompiler();
  const places = { lines: compiler.lines, root };

  let diagnostics: (readonly unknown[])[] = [];
  let values: unknown[] = [];
  let current: CellContext | null = null;
  let interrupted: "no" | "asked" | "left" = "no";
  const strays: unknown[] = [];
  let turn = 0;
  const tellHolder = (holder: Holder): void => {
    onHolder(holder, turn);
  };

  const convert: typeof compiler.converter.convert = (declarations, source) => {
    tellHolder("kernel");
    try {
      return compiler.converter.convert(declarations, source);
    } finally {
      tellHolder("cell");
    }
  };
  const [executor, handler] = createTslab(
    root,
    { ...compiler.converter, convert },
    {
      log: (value) => values.push(value),
      error: (...parts) => (parts.length > 1 ? diagnostics.push(parts) : current?.thrown.push(parts[0])),
    },
  );
  const speaker = (): CellContext | null => cellContext.getStore() ?? current;
  const releaseOutput = captureOutput((name, text) => speaker()?.buffer.write(name, text));
  const display: TslabDisplay = ({ data, metadata = {}, transient = {} }, update = false) => {
    const cell = speaker();
    cell?.buffer.flush();
    cell?.sinks.display({ data: encodeBinary(data), metadata, displayId: transient.display_id ?? null, update });
  };
  setDisplayHook(display);
  const onStray = (error: unknown): void => {
    const cell = speaker();
    if (cell && cell === current) {
      cell.thrown.push(error);
      // What is settled while a callback is broken off is forgotten with it.
      setImmediate(() => { executor.interrupt(); }); // prettier-ignore
    } else if (cell?.sinks.lateError) cell.sinks.lateError(describeThrown(error, places));
    else (current?.thrown ?? strays).push(error);
  };
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);

  const runCode = async (code: string, cell: CellContext): Promise<CellError | null> => {
    try {
      const executed = cellContext.run(cell, () => executor.execute(code));
      tellHolder("callback");
      await executed;
      await new Promise((resolve) => setImmediate(resolve)); // lets rejections that nobody handles be told
    } catch (error) {
      cell.thrown.push(error); // a failure of the kernel is the cell's to show
    } finally {
      tellHolder("kernel");
      cell.buffer.flush();
    }
    if (cell.thrown.length > 0) {
      return describeInterrupt(cell.thrown[0], interrupted) ?? describeThrown(cell.thrown[0], places);
    }
    if (diagnostics.length > 0) return describeDiagnostics(diagnostics);
    if (values.length === 0 || endsInAssignment(compiler, code)) return null;
    try {
      const shown = await cellContext.run(cell, () => showValue(values[0]));
      cell.sinks.result(shown);
      return null;
    } catch (error) {
      return describeThrown(error, places);
    }
  };

  let count = 0;
  const run = async (code: string, sinks: Sinks, { counted = true }: ExecuteOptions = {}): Promise<Outcome> => {
    if (counted) count++;
    compiler.startCell(`cell-${counted ? count : 0}`);
    [diagnostics, values, interrupted] = [[], [], "no"];
    const buffer = createStreamBuffer((name, text) => { sinks.stream(name, text); }, clock); // prettier-ignore
    const cell: CellContext = { sinks, buffer, controller: new AbortController(), thrown: strays.splice(0) };
    current = cell;
    turn++;
    const error = await runCode(code, cell);
    current = null;
    turn++;
    tellHolder("kernel");
    return error === null ? { status: "ok", count } : { status: "error", count, error };
  };

  return {
    languageVersion: compiler.ts.version,
    compiler: compiler.ts,
    handler,
    get count() {
      return count;
    },
    execute: oneAfterAnother(run),
    interrupt() {
      const cell = current;
      if (!cell) return;
      interrupted = "asked";
      cell.controller.abort(new DOMException("the cell was interrupted", "AbortError"));
      setTimeout(() => {
        if (current !== cell) return;
        interrupted = "left";
        executor.interrupt();
      }, graceMs);
    },
    say(name, text) {
      current?.sinks.stream(name, text);
    },
    close() {
      handler.close();
      setDisplayHook(null);
      process.off("unhandledRejection", onStray);
      process.off("uncaughtException", onStray);
      releaseOutput();
    },
  };
}
