import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { workFolder } from "../data/locate.js";
import type { CellError } from "./cell-error.js";
import type { ChildMessage } from "./child-messages.js";
import type { Outcome } from "./session.js";
import type { Sinks } from "./sinks.js";

/** A session in a process of its own: a cell that never ends, or ends the process, is only that process's end. */
export interface ChildSession {
  readonly languageVersion: string;
  /** Run one cell; past the limit the process is stopped and the cell has failed. Rejects only when `signal` aborts. */
  execute(code: string, sinks: Sinks, limits: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined }): Promise<Outcome>;
  close(): void;
}

/** Start a session that imports from `root`, in the `workFolder` of that. @throws Error when the process ends before it is ready. */
export async function startChildSession(root: string, signal?: AbortSignal): Promise<ChildSession> {
  signal?.throwIfAborted();
  // Warnings of Node and messages of native libraries are no output of a cell.
  const child = fork(join(root, "dist", "kernel", "child.js"), { cwd: workFolder(root), silent: true, execArgv: ["--no-warnings"] });
  let complaint = "";
  child.stdout?.resume();
  child.stderr?.on("data", (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)));
  const ready = await listen(child, { signal, timeoutMs: 0 }, (message) => (message.type === "ready" ? message : null));
  if ("ended" in ready) {
    throw new Error(`startChildSession: the kernel ended before it was ready (${ready.ended}); build the package first\n${complaint}`);
  }

  let count = 0;
  return {
    languageVersion: ready.languageVersion,
    close: () => child.kill("SIGKILL"),
    async execute(code, sinks, { timeoutMs, signal: cellSignal }) {
      count++;
      child.send({ code }, () => undefined);
      const answer = await listen(child, { signal: cellSignal, timeoutMs }, (message) => {
        if (message.type === "stream") sinks.stream(message.name, message.text);
        else if (message.type === "display") sinks.display(message.display);
        else if (message.type === "result") sinks.result(message.data);
        else if (message.type === "clear") sinks.clear(message.wait);
        else if (message.type === "done") return message.outcome;
        return null;
      });
      return "ended" in answer ? { status: "error", count, error: describeEnd(answer.ended, timeoutMs) } : answer;
    },
  };
}

type End = "time limit" | `exit code ${number}` | `signal ${string}`;

/** Wait for the message that `take` takes, the end of the process, the time limit, or the signal. */
function listen<T extends object>(
  child: ChildProcess,
  { signal, timeoutMs }: { readonly signal: AbortSignal | undefined; readonly timeoutMs: number },
  take: (message: ChildMessage) => T | null,
): Promise<T | { readonly ended: End }> {
  return new Promise((resolve, reject) => {
    let limitReached = false;
    const onMessage = (message: ChildMessage): void => {
      const taken = take(message);
      if (taken !== null) finish(() => { resolve(taken); }); // prettier-ignore
    };
    // "close" comes after every message that the process has sent.
    const onClose = (code: number | null, reason: string | null): void => {
      const ended: End = limitReached ? "time limit" : reason === null ? `exit code ${code ?? 0}` : `signal ${reason}`;
      finish(() => { resolve({ ended }); }); // prettier-ignore
    };
    const onAbort = (): void => {
      child.kill("SIGKILL");
      finish(() => { reject(signal!.reason as Error); }); // prettier-ignore
    };
    const onLimit = (): void => {
      limitReached = true;
      child.kill("SIGKILL");
    };
    const timer = timeoutMs > 0 ? setTimeout(onLimit, timeoutMs) : undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("close", onClose);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    child.on("message", onMessage).on("close", onClose);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    else if (child.exitCode !== null || child.signalCode !== null) onClose(child.exitCode, child.signalCode);
  });
}

function describeEnd(end: End, timeoutMs: number): CellError {
  const [name, message] =
    end === "time limit"
      ? ["TimeLimitError", `the cell ran longer than ${timeoutMs} ms; make its work smaller or raise timeoutMs`]
      : [
          "KernelEndedError",
          `the cell ended the kernel's process (${end}); a cell must not call process.exit or use more memory than there is`,
        ];
  return { name, message, traceback: [`${name}: ${message}`] };
}
