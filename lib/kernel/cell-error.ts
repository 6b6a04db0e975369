import { format, inspect, types } from "node:util";
import { fileURLToPath } from "node:url";
import type { LineMap } from "./line-map.js";

/** Why a cell failed, in the words that its reader needs. */
export interface CellError {
  /** The error's class; `TypeScriptError` when the cell was not run because it does not compile. */
  readonly name: string;
  readonly message: string;
  /** Lines to show: positions are those of the cell's TypeScript, frames of the kernel are left out. */
  readonly traceback: readonly string[];
}

/** The name and the message of a thrown value with a stack whose positions are those of the cells. */
export function describeThrown(thrown: unknown, { lines, root }: { readonly lines: LineMap; readonly root: string }): CellError {
  if (!types.isNativeError(thrown)) {
    const message = inspect(thrown, { colors: false });
    return { name: "Thrown", message, traceback: [message] };
  }
  const name = thrown.name === "Error" && thrown.constructor.name ? thrown.constructor.name : thrown.name;
  const message = hidePaths(thrown.message, root);
  const frames = (thrown.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .flatMap((line) => {
      const frame = showFrame(line, lines);
      return frame === null ? [] : [hidePaths(frame, root)];
    });
  const cause =
    thrown.cause === undefined ? [] : describeThrown(thrown.cause, { lines, root }).traceback.map((line) => `caused by ${line}`);
  return { name, message, traceback: [`${name}: ${message}`, ...frames, ...cause.slice(0, 1)] };
}

/** Carried by the error of a cell that was broken off while it held the thread. */
export const interruptCode = "ERR_SCRIPT_EXECUTION_INTERRUPTED";

/**
 * What an interrupted cell says; null when `thrown` is no consequence of the interrupt.
 *
 * @param interrupted whether the cell was `asked` to stop, or did not stop and was `left` alone.
 */
export function describeInterrupt(thrown: unknown, interrupted: "no" | "asked" | "left"): CellError | null {
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  const aborted = thrown instanceof Error && thrown.name === "AbortError";
  const left = thrown instanceof Error && thrown.message === "Interrupted asynchronously";
  if (code !== interruptCode && !(interrupted !== "no" && (aborted || left))) return null;
  const message =
    left && interrupted === "left"
      ? "the cell was interrupted, but what it had started may go on: it does not heed cellSignal()"
      : "the cell was interrupted";
  return { name: "Interrupted", message, traceback: [`Interrupted: ${message}`] };
}

/** What the type-checker said: each call of its console is one finding, `line:column - text`. */
export function describeDiagnostics(findings: readonly (readonly unknown[])[]): CellError {
  const messages = findings.map((finding) => format(...finding));
  const message = messages[0] ?? "the cell does not compile";
  return { name: "TypeScriptError", message, traceback: messages.map((line) => `TypeScriptError: ${line}`) };
}

const launcher =
  /node:|node_modules[\\/]tslab|[\\/]core[\\/]one-after-another\.js|[\\/]kernel[\\/](?:session|child|main|cell-context|show-value)\.js|at AsyncLocalStorage\.run|\[as runInThisContext\]|<anonymous>\)?$/;

function showFrame(line: string, lines: LineMap): string | null {
  if (launcher.test(line)) return null;
  // Names of earlier cells are called through a proxy, which is no matter of the reader's.
  const frame = line.replace("at Proxy.", "at ");
  const position = /(cell-\d+):(\d+):(\d+)/.exec(frame);
  if (!position) return frame;
  const [text, script, row, column] = position;
  const found = lines.find(script, Number(row), Number(column));
  return found === null
    ? null
    : frame.replace(text, `In [${script === "cell-0" ? " " : script.slice("cell-".length)}]:${found.line}:${found.column}`);
}

/** Paths start at the project root; what lies outside of it shows only its last two parts. */
function hidePaths(text: string, root: string): string {
  return text
    .replace(/file:\/\/[^\s)]+?(?=[:)\s]|$)/g, (url) => safePath(url))
    .replaceAll(`${root}/`, "")
    .replaceAll(root, ".")
    .replace(/(?<![\w.:/])\/(?:[^\s/:()'"]+\/)+([^\s/:()'"]+\/[^\s/:()'"]+)/g, "…/$1");
}

function safePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
