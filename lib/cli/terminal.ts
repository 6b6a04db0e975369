import process from "node:process";
import { formatBytes } from "../core/bytes.js";
import { FacebridgeError } from "../core/errors.js";
import { formatSeconds, type Progress, type ProgressOptions, startProgress } from "../core/progress.js";
import { formatTable } from "../notebook/table.js";

/** Results go to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Results for a machine to read. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** What is said about the work goes to standard error. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A progress bar on standard error; where that is no terminal, a line every ten seconds. */
export function progressBar(label: string, unit: string, total: number, start = 0): Progress {
  return bar({ label, unit, total, start });
}

/** {@link progressBar} of bytes. */
export function bytesBar(label: string, total: number, start: number): Progress {
  return bar({ label, unit: "bytes", total, start, format: formatBytes });
}

function bar(options: Pick<ProgressOptions, "label" | "unit" | "total" | "start" | "format">): Progress {
  return startProgress({
    ...options,
    clock: () => performance.now(),
    intervalMs: showEveryMs(),
    show: (line) => { writeStatus(line, ""); }, // prettier-ignore
    close: (count, time) => { writeStatus(`${count} in ${time}`, "\n"); }, // prettier-ignore
  });
}

/** A line on standard error that says what goes on, as often as {@link progressBar} would, and in the end how long it took. */
export function statusLine(): { readonly show: (line: string) => void; readonly end: (line: string) => void } {
  const begin = performance.now();
  let shown = begin;
  return {
    show: (line) => {
      if (performance.now() - shown < showEveryMs()) return;
      shown = performance.now();
      writeStatus(line, "");
    },
    end: (line) => {
      writeStatus(`${line} in ${formatSeconds((performance.now() - begin) / 1000)}`, "\n");
    },
  };
}

const showEveryMs = (): number => (process.stderr.isTTY ? 100 : 10_000);

/** In place on a terminal, else a line of its own. */
function writeStatus(line: string, end: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${line}${end}` : `${line}\n`);
}

let interrupt: AbortSignal | null = null;

/** Aborted by the first Ctrl-C of the process; the second one ends it. */
export function interruptSignal(): AbortSignal {
  interrupt ??= listenForInterrupt();
  return interrupt;
}

function listenForInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort(new DOMException("interrupted; start the same command again to go on", "AbortError"));
  });
  return controller.signal;
}

/** Run a command: a user's mistake ends in one message and exit code 1, an interrupt in 130, a defect in its stack. */
export async function runCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (error instanceof FacebridgeError) say(`${error.name}: ${error.message}`);
    else if (isSystemError(error)) say(`DataError: ${error.message}; mend that and start the same command again`);
    else if (error instanceof Error && error.name === "AbortError") say(error.message);
    else throw error;
    process.exitCode = error instanceof Error && error.name === "AbortError" ? 130 : 1;
  }
}

/** What the system says of a file that it does not give or take: a full disk, a missing right. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "path" in error && "code" in error;
}

/** A word of a command that can be pasted into a shell: quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A value with its 95 % interval, where it has one. */
export function withInterval(value: number, low: number | null, high: number | null): string {
  const text = value.toFixed(3);
  return low === null || high === null ? text : `${text} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/** A table as text. */
export function textTable(columns: readonly string[], values: readonly (readonly (string | number)[])[]): string {
  return formatTable({ columns, values }, { limit: Math.max(1, values.length) })["text/plain"] as string;
}
