/** The process in which the runner's cells run: asked for one cell at a time, it answers with what the cell says. */
import { createSession } from "./session.js";
import type { ChildMessage, ParentMessage } from "./child-messages.js";

const session = createSession({ root: process.cwd() });
const send = (message: ChildMessage): void => void process.send?.(message);

process.on("message", ({ code }: ParentMessage) => {
  const sinks = {
    stream: (name: "stdout" | "stderr", text: string): void => {
      send({ type: "stream", name, text });
    },
    display: (display: Extract<ChildMessage, { type: "display" }>["display"]): void => {
      send({ type: "display", display });
    },
    result: (data: Readonly<Record<string, unknown>>): void => {
      send({ type: "result", data });
    },
    clear: (wait: boolean): void => {
      send({ type: "clear", wait });
    },
  };
  void session.execute(code, sinks).then(
    (outcome) => {
      send({ type: "done", outcome });
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      send({ type: "done", outcome: { status: "error", count: 0, error: { name: "KernelError", message, traceback: [message] } } });
    },
  );
});
process.on("disconnect", () => process.exit());
send({ type: "ready", languageVersion: session.languageVersion });
