import { packageVersion } from "../core/version.js";
import { executeRequest } from "./execute-request.js";
import { createHistory } from "./history.js";
import type { Questions } from "./questions.js";
import type { Session } from "./session.js";
import { protocolVersion, replyTo, type Content, type Message } from "./wire.js";

export interface KernelParts {
  readonly session: Session;
  readonly questions: Questions;
  /** To everybody who listens. */
  readonly publish: (message: Message) => void;
  /** The session's code was asked to stop. */
  readonly interrupt: () => void;
  /** Said after the reply to a shutdown. */
  readonly shutdown: () => void;
  /** What the first cell shows beside its own output. */
  readonly notice: string | null;
}

/** Send an answer to whom asked. */
export type Reply = (message: Message) => void;

export interface Kernel {
  /** Take a request of the shell or the control channel. Cells run one after the other; all else is answered at once. */
  receive(request: Message, reply: Reply): void;
}

interface Queued {
  readonly request: Message;
  readonly reply: Reply;
}

/** How long a failed cell's reply waits for the requests that were sent together with it, which then are aborted. */
const gatherMs = 25;

export function createKernel({ session, questions, publish, interrupt, shutdown, notice }: KernelParts): Kernel {
  const history = createHistory();
  const queue: Queued[] = [];
  let running: Message | null = null;
  let untold = notice;
  const takeNotice = (): string | null => {
    const told = untold;
    untold = null;
    return told;
  };
  const setState = (request: Message, state: "busy" | "idle"): void => {
    publish(replyTo(request, "status", { execution_state: state }));
  };

  const runQueue = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { request, reply } = next;
      running = request;
      setState(request, "busy");
      const content = await executeRequest(request, { session, history, questions, publish, takeNotice });
      const aborted: Queued[] = [];
      if (content.status === "error" && request.content.stop_on_error !== false) {
        // Whoever has read the reply may send a new cell; what comes before it belongs to the failed run.
        await new Promise((resolve) => setTimeout(resolve, gatherMs));
        aborted.push(...queue.splice(0));
      }
      reply(replyTo(request, "execute_reply", content));
      setState(request, "idle");
      for (const left of aborted) abort(left);
    }
    running = null;
  };
  const abort = ({ request, reply }: Queued): void => {
    setState(request, "busy");
    reply(replyTo(request, "execute_reply", { status: "aborted" }));
    setState(request, "idle");
  };

  const answers: Readonly<Record<string, (request: Message) => Content | null>> = {
    kernel_info_request: () => kernelInfo(session.languageVersion),
    complete_request: ({ content }) => questions.complete(content),
    inspect_request: ({ content }) => questions.inspect(content),
    is_complete_request: ({ content }) => questions.isComplete(content),
    history_request: ({ content }) => history.answer(content),
    comm_info_request: () => ({ status: "ok", comms: {} }),
    comm_open: (request) => {
      // Nothing here takes part in a comm, and its opener must know.
      publish(replyTo(request, "comm_close", { comm_id: request.content.comm_id, data: {} }));
      return null;
    },
    interrupt_request: () => {
      interrupt();
      return { status: "ok" };
    },
    shutdown_request: (request) => {
      const content = { status: "ok", restart: request.content.restart === true };
      publish(replyTo(request, "shutdown_reply", content));
      return content;
    },
  };

  const answer = (request: Message): Content | null => {
    const type = request.header.msg_type;
    if (!Object.hasOwn(answers, type)) return null;
    try {
      return answers[type](request);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Thrown", message: String(error) };
      return { status: "error", ename: name, evalue: message, traceback: [`${name}: ${message}`] };
    }
  };

  return {
    receive(request, reply) {
      const type = request.header.msg_type;
      if (type === "execute_request") {
        queue.push({ request, reply });
        if (running === null) void runQueue();
        return;
      }
      setState(request, "busy");
      const content = answer(request);
      if (content !== null) reply(replyTo(request, type.replace(/_request$/, "_reply"), content));
      setState(request, "idle");
      // A front-end takes the last state that it hears for the kernel's.
      if (running !== null) setState(running, "busy");
      if (type === "shutdown_request") shutdown();
    },
  };
}

function kernelInfo(languageVersion: string): Content {
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "facebridge",
    implementation_version: packageVersion,
    language_info: {
      name: "typescript",
      version: languageVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: { name: "javascript", typescript: true, mode: "typescript" },
    },
    banner: `facebridge ${packageVersion}: TypeScript ${languageVersion} on Node ${process.versions.node}`,
    help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
    supported_features: [],
    debugger: false,
  };
}
