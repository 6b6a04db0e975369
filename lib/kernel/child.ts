/** The process in which the runner's cells run: asked for one cell at a time, it answers with what the cell says. */
import { collectAtOnce } from "../core/collect-at-once.js";
import type { ChildMessage, ParentMessage } from "./child-messages.js";
import { createSession } from "./session.js";
import type { Sinks } from "./sinks.js";

collectAtOnce();
const session = createSession({ root: process.cwd() });
const send = (message: ChildMessage): void => void process.send?.(message);

process.on("message", ({ code }: ParentMessage) => {
  const sinks: Sinks = {
    stream: (name, text) => { send({ type: "stream", name, text }); }, // prettier-ignore
    display: (display) => { send({ type: "display", display }); }, // prettier-ignore
    result: (data) => { send({ type: "result", data }); }, // prettier-ignore
    clear: (wait) => { send({ type: "clear", wait }); }, // prettier-ignore
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
