import { createRequire } from "node:module";
import { inspect } from "node:util";
import type { MimeBundle } from "../notebook/nbformat.js";
import { describeDiagnostics, describeThrown, type CellError } from "./cell-error.js";
import { createCellCompiler, endsInAssignment } from "./compiler.js";
import { createStreamBuffer } from "./stream-buffer.js";

export type StreamName = "stdout" | "stderr";

/** A display as tslab's hook takes it. */
export interface Display {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
  readonly displayId: string | null;
  /** Takes the place of the earlier display of the same id. */
  readonly update: boolean;
}

/** Where what a cell says goes while it runs. */
export interface Sinks {
  stream(name: StreamName, text: string): void;
  display(display: Display): void;
  /** The value of the cell's last statement. */
  result(data: MimeBundle): void;
}

export type Outcome =
  { readonly status: "ok"; readonly count: number } | { readonly status: "error"; readonly count: number; readonly error: CellError };

export interface SessionOptions {
  /** Folder with package.json; cells import from here, and it becomes the working directory. */
  readonly root: string;
  /** Milliseconds that only ever grow. @defaultValue performance.now */
  readonly clock?: () => number;
}

/** One TypeScript session: cells share their names, and each is type-checked against what the ones before declared. */
export interface Session {
  /** Version of the TypeScript that checks the cells. */
  readonly languageVersion: string;
  /** Run one cell. Never rejects for what the cell does. One at a time: a second call waits for the first. */
  execute(code: string, sinks: Sinks): Promise<Outcome>;
  /** tslab's answers to the requests of a front-end. */
  readonly handler: Handler;
  /** Stop waiting for what the current cell awaits. */
  interrupt(): void;
  /** Give the process its streams back. */
  close(): void;
}

/** The parts of tslab's JupyterHandlerImpl that front-ends ask for beside execution. */
export interface Handler {
  handleIsComplete(request: { readonly code: string }): { readonly status: string; readonly indent?: string };
  handleInspect(request: { readonly code: string; readonly cursor_pos: number; readonly detail_level: 0 | 1 }): MimeBundle;
  handleComplete(request: { readonly code: string; readonly cursor_pos: number }): MimeBundle;
}

interface TslabHandler extends Handler {
  handleExecuteImpl(request: object, writeStream: (name: StreamName, text: string) => void, writeDisplay: TslabDisplay): Promise<unknown>;
  close(): void;
}

type TslabDisplay = (
  message: { readonly data: MimeBundle; readonly metadata?: MimeBundle; readonly transient?: { readonly display_id?: string } },
  update?: boolean,
) => void;

interface TslabExecutor {
  interrupt(): void;
  close(): void;
}

interface Findings {
  readonly diagnostics: (readonly unknown[])[];
  readonly thrown: unknown[];
  readonly values: unknown[];
}

const require = createRequire(import.meta.url);

/**
 * Start a session in this process: one only, because tslab keeps its state in globals and takes over the process's streams.
 */
export function createSession({ root, clock = () => performance.now() }: SessionOptions): Session {
  if (process.cwd() !== root) process.chdir(root);
  const compiler = createCellCompiler();
  const { createExecutor } = require("tslab/dist/executor.js") as {
    createExecutor: (root: string, converters: object, console: object) => TslabExecutor;
  };
  const { JupyterHandlerImpl } = require("tslab/dist/jupyter.js") as {
    JupyterHandlerImpl: new (executor: TslabExecutor, isJavaScript: boolean) => TslabHandler;
  };

  let findings: Findings = { diagnostics: [], thrown: [], values: [] };
  const console = {
    log: (value: unknown) => findings.values.push(value),
    // The executor prints findings of the type-checker with a format, and a thrown value alone.
    error: (...parts: readonly unknown[]) => (parts.length > 1 ? findings.diagnostics.push(parts) : findings.thrown.push(parts[0])),
  };
  const converters = { node: compiler.converter, browser: compiler.converter, close: () => { compiler.converter.close(); } }; // prettier-ignore
  const executor = createExecutor(root, converters, console);
  const handler = new JupyterHandlerImpl(executor, false);
  const streams = { stdout: process.stdout.write, stderr: process.stderr.write }; // eslint-disable-line @typescript-eslint/unbound-method
  const onStray = (error: unknown): void => {
    findings.thrown.push(error);
    executor.interrupt();
  };
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);

  let count = 0;
  const run = async (code: string, sinks: Sinks): Promise<Outcome> => {
    count++;
    findings = { diagnostics: [], thrown: [], values: [] };
    compiler.startCell(`cell-${count}`);
    const buffer = createStreamBuffer((name, text) => { sinks.stream(name, text); }, clock); // prettier-ignore
    const display: TslabDisplay = ({ data, metadata = {}, transient = {} }, update = false) => {
      buffer.flush();
      sinks.display({ data: encodeBinary(data), metadata, displayId: transient.display_id ?? null, update });
    };
    try {
      await handler.handleExecuteImpl({ code }, buffer.write, display); // eslint-disable-line @typescript-eslint/unbound-method
    } catch (error) {
      // A failed cell is told by a count that is thrown; anything else is a failure of the kernel and the cell's to show.
      if (error instanceof Error && findings.diagnostics.length === 0 && findings.thrown.length === 0) findings.thrown.push(error);
    }
    await new Promise((resolve) => setImmediate(resolve)); // lets rejections that nobody handles be told
    buffer.flush();
    if (findings.thrown.length > 0) {
      return { status: "error", count, error: describeThrown(findings.thrown[0], { lines: compiler.lines, root }) };
    }
    if (findings.diagnostics.length > 0) return { status: "error", count, error: describeDiagnostics(findings.diagnostics) };
    if (findings.values.length > 0 && !endsInAssignment(compiler, code)) {
      try {
        sinks.result(await showValue(findings.values[0]));
      } catch (error) {
        return { status: "error", count, error: describeThrown(error, { lines: compiler.lines, root }) };
      }
    }
    return { status: "ok", count };
  };

  let queue: Promise<unknown> = Promise.resolve();
  return {
    languageVersion: compiler.ts.version,
    handler,
    execute(code, sinks) {
      const outcome = queue.then(() => run(code, sinks));
      queue = outcome.catch(() => undefined);
      return outcome;
    },
    interrupt() {
      executor.interrupt();
    },
    close() {
      handler.close();
      process.off("unhandledRejection", onStray);
      process.off("uncaughtException", onStray);
      process.stdout.write = streams.stdout;
      process.stderr.write = streams.stderr;
    },
  };
}

/** What a value says of itself under `Symbol.for("Jupyter.display")`, or its inspection. */
async function showValue(value: unknown): Promise<MimeBundle> {
  const method = (value as Record<symbol, unknown> | null)?.[Symbol.for("Jupyter.display")];
  if (typeof method === "function") return encodeBinary((await method.call(value)) as MimeBundle);
  return { "text/plain": inspect(value, { colors: false }) };
}

function encodeBinary(data: MimeBundle): MimeBundle {
  const forms = Object.entries(data).map(([type, form]) => [
    type,
    form instanceof Uint8Array ? Buffer.from(form).toString("base64") : form,
  ]);
  return Object.fromEntries(forms) as MimeBundle;
}
