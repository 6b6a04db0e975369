import { createRequire } from "node:module";
import { explainAbsence } from "../core/optional-package.js";
import type { MimeBundle } from "../notebook/nbformat.js";
import type { Converter } from "./compiler.js";

/** The parts of tslab that the kernel is made of, as far as it uses them. */
export interface TslabHandler {
  handleInspect(request: { readonly code: string; readonly cursor_pos: number }): MimeBundle;
  handleComplete(request: { readonly code: string; readonly cursor_pos: number }): {
    readonly matches: readonly string[];
    readonly cursor_start: number;
    readonly cursor_end: number;
  };
  close(): void;
}

export interface TslabExecutor {
  /** Resolves to false when the cell failed; the executor's console was told why. */
  execute(code: string): Promise<boolean>;
  interrupt(): void;
}

/** A display as `tslab` and {@link displayBundle} hand it over. */
export type TslabDisplay = (
  message: { readonly data: MimeBundle; readonly metadata?: MimeBundle; readonly transient?: { readonly display_id?: string } },
  update?: boolean,
) => void;

export interface TslabConsole {
  /** Takes the value of the cell's last statement. */
  log(value: unknown): void;
  /** Takes a thrown value alone, or a finding of the type-checker with its format. */
  error(...parts: readonly unknown[]): void;
}

const require = createRequire(import.meta.url);

/** What tslab itself would get for `require`: its own compiler and sockets. @throws DataError for `caller` when tslab is not installed. */
export function requireOfTslab(caller: string): NodeJS.Require {
  try {
    return createRequire(require.resolve("tslab/dist/main.js"));
  } catch (error) {
    throw explainAbsence(error, "tslab", caller);
  }
}

/** Makes an executor of cells and the handler of a front-end's questions on top of `converter`. */
export function createTslab(root: string, converter: Converter, console: TslabConsole): [TslabExecutor, TslabHandler] {
  const { createExecutor } = require("tslab/dist/executor.js") as {
    createExecutor: (root: string, converters: object, console: TslabConsole) => TslabExecutor;
  };
  const { JupyterHandlerImpl } = jupyterModule();
  const executor = createExecutor(root, { node: converter, browser: converter, close: () => { converter.close(); } }, console); // prettier-ignore
  return [executor, new JupyterHandlerImpl(executor, false)];
}

/** Where `tslab` and {@link displayBundle} look for the one who shows; null takes it away. */
export function setDisplayHook(hook: TslabDisplay | null): void {
  jupyterModule().lastWriteDisplayData = hook;
}

function jupyterModule(): {
  readonly JupyterHandlerImpl: new (executor: TslabExecutor, isJavaScript: boolean) => TslabHandler;
  lastWriteDisplayData: TslabDisplay | null;
} {
  return require("tslab/dist/jupyter.js") as ReturnType<typeof jupyterModule>;
}
