import type { CellError } from "./cell-error.js";
import type { History } from "./history.js";
import type { Questions } from "./questions.js";
import type { Session } from "./session.js";
import type { Sinks } from "./sinks.js";
import { replyTo, type Content, type Message } from "./wire.js";

export interface ExecuteContext {
  readonly session: Session;
  readonly history: History;
  readonly questions: Questions;
  readonly publish: (message: Message) => void;
  /** What the next cell has to say beside its own output, once. @returns null when there is nothing */
  readonly takeNotice: () => string | null;
}

/** Run the cell of an execute request, publishing what it says, and give the content of its reply. */
export async function executeRequest(
  request: Message,
  { session, history, questions, publish, takeNotice }: ExecuteContext,
): Promise<Content> {
  const { code: given, silent = false, store_history: store = true, user_expressions: expressions } = request.content;
  const code = typeof given === "string" ? given : "";
  const counted = silent !== true && store !== false;
  const say = (type: string, content: Content): void => {
    if (silent !== true) publish(replyTo(request, type, content));
  };
  const count = session.count + (counted ? 1 : 0);
  say("execute_input", { code, execution_count: count });
  if (counted) history.add(count, code);
  const notice = counted ? takeNotice() : null;
  if (notice !== null) say("stream", { name: "stderr", text: notice });

  const showError = (error: CellError): void => {
    say("error", errorContent(error));
  };
  const sinks: Sinks = {
    stream: (name, text) => { say("stream", { name, text }); }, // prettier-ignore
    display: ({ data, metadata, displayId, update }) => {
      const transient = displayId === null ? {} : { display_id: displayId };
      say(update ? "update_display_data" : "display_data", { data, metadata, transient });
    },
    result: (data) => {
      if (counted && typeof data["text/plain"] === "string") history.setOutput(count, data["text/plain"]);
      say("execute_result", { execution_count: count, data, metadata: {} });
    },
    clear: (wait) => { say("clear_output", { wait }); }, // prettier-ignore
    lateError: showError,
  };
  const asked = /^\s*([\w$.]+)\?{1,2}\s*$/.exec(code)?.[1];
  if (asked !== undefined) {
    await session.execute("", sinks, { counted });
    const { found, data } = questions.inspect({ code: asked, cursor_pos: asked.length });
    if (found !== true) sinks.stream("stdout", `${asked} was not found.\n`);
    const page = { source: "page", data, start: 0 };
    return { status: "ok", execution_count: count, user_expressions: {}, payload: found === true ? [page] : [] };
  }
  const outcome = await session.execute(code, sinks, { counted });
  if (outcome.status === "error") {
    showError(outcome.error);
    return { status: "error", execution_count: count, ...errorContent(outcome.error), user_expressions: {}, payload: [] };
  }
  const values = await evaluateAll(session, expressions);
  return { status: "ok", execution_count: count, user_expressions: values, payload: [] };
}

function errorContent({ name, message, traceback }: CellError): Content {
  return { ename: name, evalue: message, traceback };
}

/** The values of expressions that a front-end wants to know after the cell. */
async function evaluateAll(session: Session, expressions: unknown): Promise<Content> {
  const values: Record<string, unknown> = {};
  for (const [name, expression] of Object.entries(expressions ?? {})) {
    let data: Content = { "text/plain": "undefined" };
    const ignore = (): void => undefined;
    const sinks: Sinks = { stream: ignore, display: ignore, clear: ignore, result: (value) => { data = value; } }; // prettier-ignore
    const outcome = await session.execute(`(${String(expression)})`, sinks, { counted: false });
    values[name] = outcome.status === "ok" ? { status: "ok", data, metadata: {} } : { status: "error", ...errorContent(outcome.error) };
  }
  return values;
}
