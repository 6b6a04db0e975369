/** The kernel that a Jupyter front-end starts: `node main.js <connection file>`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { collectAtOnce } from "../core/collect-at-once.js";
import { interruptCode } from "./cell-error.js";
import {
  createGuardState,
  handleName,
  holderOf,
  setHolder,
  turnOf,
  type GuardData,
  type Gait,
  type GuardHandle,
  type GuardOrder,
} from "./guard-state.js";
import { createKernel, type Kernel, type Reply } from "./kernel.js";
import { createQuestions } from "./questions.js";
import { createSession } from "./session.js";
import { openSocket, readConnection, type Socket } from "./sockets.js";
import { describeStaleBuild } from "./stale-build.js";
import { announcement, decodeMessage, encodeMessage, type Message } from "./wire.js";

collectAtOnce();

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const connection = readConnection(process.argv[2] ?? "");
const log = process.stderr.write.bind(process.stderr);

const state = createGuardState();
const parentPid = process.env.JPY_PARENT_PID === undefined ? null : process.ppid;
const guardData: GuardData = { connection, shared: state.buffer, parentPid };
const guard = new Worker(new URL("./guard.js", import.meta.url), { workerData: guardData });
guard.on("error", (error) => {
  log(`the kernel's control channel failed: ${error.message}\n`);
  process.exit(1);
});

const order = (message: GuardOrder): void => {
  guard.postMessage(message);
};

const iopub = await openSocket("Publisher", connection, connection.iopub_port);
const shell = await openSocket("Router", connection, connection.shell_port);
const stdin = await openSocket("Router", connection, connection.stdin_port);
const send = (socket: Socket, message: Message): void => {
  void socket.send(encodeMessage(message, connection.key)).catch((error: unknown) => log(`${String(error)}\n`));
};
const publish = (message: Message): void => {
  // On this socket the first frame is the topic, and nobody is addressed.
  send(iopub, { ...message, identities: [Buffer.from(message.header.msg_type)] });
};
publish(announcement("status", { execution_state: "starting" }));

const session = createSession({ root, onHolder: (holder, turn) => { setHolder(state, holder, turn); } }); // prettier-ignore
const interrupt = (): void => { session.interrupt(); }; // prettier-ignore
const shutdown = (): void => {
  for (const socket of [iopub, shell, stdin]) socket.close();
  guard.once("exit", () => process.exit(0));
  order("close");
};
const questions = createQuestions(session.handler, session.compiler);
const kernel = createKernel({ session, questions, publish, interrupt, shutdown, notice: describeStaleBuild(root) });

let found: Gait = "held";
const handle: GuardHandle = {
  watch: () => {
    found = "held";
    queueMicrotask(() => { found = "chain"; }); // prettier-ignore
    setImmediate(() => { found = "free"; }); // prettier-ignore
  },
  gait: () => found,
  fail: (turn) => {
    if (turnOf(state) !== turn || holderOf(state) !== "callback") return false;
    // As an uncaught error: Node then also forgets what the thread was in the middle of.
    const node = process as unknown as { _fatalException(error: Error, fromPromise: boolean): void };
    node._fatalException(Object.assign(new Error(), { code: interruptCode }), false);
    return true;
  },
  tellStuck: () => {
    session.say("stderr", "this cell cannot be broken off: it awaits without ever giving way to the event loop; restart the kernel\n");
  },
};
Object.defineProperty(globalThis, Symbol.for(handleName), { value: handle });
process.on("SIGINT", interrupt);
process.on("SIGTERM", shutdown);
guard.on("message", (message: "ready" | Uint8Array[]) => {
  if (message !== "ready") receive(kernel, message, (reply) => { order(encodeMessage(reply, connection.key)); }); // prettier-ignore
});
for await (const frames of shell) receive(kernel, frames, (reply) => { send(shell, reply); }); // prettier-ignore

/** A message that cannot be read is told in the log and left unanswered. */
function receive(to: Kernel, frames: readonly Uint8Array[], reply: Reply): void {
  let message: Message;
  try {
    message = decodeMessage(frames, connection.key);
  } catch (error) {
    log(`${(error as Error).message}\n`);
    return;
  }
  to.receive(message, reply);
}
