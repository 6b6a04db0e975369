/**
 * The thread beside the session: it answers heartbeats and hears the control channel while a cell holds the session's thread,
 * breaks such a cell off when it is interrupted, and ends the process when it should end and cannot.
 */
import { Session as Inspector } from "node:inspector";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { interruptCode } from "./cell-error.js";
import { acknowledged, handleName, holderOf, type Gait, type GuardData, type GuardOrder } from "./guard-state.js";
import { openSocket, type Socket } from "./sockets.js";
import { decodeMessage } from "./wire.js";

const { connection, shared, parentPid } = workerData as GuardData;
const state = new Int32Array(shared);
const port = parentPort!;
const patienceMs = 300;
const betweenMs = 30;

/** Break off what holds the session's thread, again and again until its cell has ended. */
function interrupt(): void {
  const before = Atomics.load(state, acknowledged);
  const isPending = (): boolean => Atomics.load(state, acknowledged) === before;
  const attempt = async (): Promise<void> => {
    // A cell that stops by itself does so before the first attempt.
    await wait(patienceMs);
    while (isPending()) {
      const holder = holderOf(state);
      if (holder === "cell") process.kill(process.pid, "SIGINT");
      else if (holder === "callback" && !(await endCallback(isPending))) return;
      await wait(patienceMs);
    }
  };
  void attempt();
}

/**
 * Tell the session's thread, wherever it is, that it is interrupted, and let V8 end what runs on it up to the event loop.
 *
 * @returns false when that cannot be done: Node does not survive the end of a chain of promises that never gives way.
 */
async function endCallback(isPending: () => boolean): Promise<boolean> {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  const evaluate = async (expression: string): Promise<unknown> =>
    new Promise((resolve) => {
      inspector.post("Runtime.evaluate", { expression, silent: true }, (_, answer) => { resolve(answer.result.value); }); // prettier-ignore
    });
  const handle = `globalThis[Symbol.for("${handleName}")]`;
  try {
    await evaluate(`${handle}.watch()`);
    await wait(betweenMs);
    const gait = (await evaluate(`${handle}.gait()`)) as Gait;
    if (gait === "chain") await evaluate(`${handle}.tellStuck()`);
    if (gait !== "held" || !isPending()) return gait !== "chain";
    // As an uncaught error: Node then also forgets what the thread was in the middle of.
    void evaluate(`process._fatalException(Object.assign(new Error(), { code: "${interruptCode}" }), false)`);
    await new Promise((resolve) => { inspector.post("Runtime.terminateExecution", resolve); }); // prettier-ignore
    return true;
  } finally {
    inspector.disconnect();
  }
}

function endProcess(): void {
  process.kill(process.pid, "SIGKILL");
}

async function echo(socket: Socket): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}

async function hear(socket: Socket): Promise<void> {
  for await (const frames of socket) {
    port.postMessage(frames);
    try {
      const { msg_type: type } = decodeMessage(frames, connection.key).header;
      if (type === "interrupt_request") interrupt();
      else if (type === "shutdown_request") setTimeout(endProcess, 4000).unref();
    } catch {
      // The session says what is wrong with it.
    }
  }
}

const heartbeat = await openSocket("Reply", connection, connection.hb_port);
const control = await openSocket("Router", connection, connection.control_port);
if (parentPid !== null) {
  const watch = (): void => {
    if (process.ppid !== parentPid) endProcess();
  };
  setInterval(watch, 1000).unref();
}
port.on("message", (message: GuardOrder) => {
  if (message !== "close") {
    void control.send(message).catch(() => undefined);
    return;
  }
  for (const socket of [heartbeat, control]) socket.close();
  port.close();
});
void echo(heartbeat);
void hear(control);
port.postMessage("ready");
