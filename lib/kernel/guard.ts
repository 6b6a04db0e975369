/**
 * The thread beside the session: it answers heartbeats and hears the control channel while a cell holds the session's thread,
 * breaks such a cell off when it is interrupted, and ends the process when it should end and cannot.
 */
import { Session as Inspector } from "node:inspector";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { handleName, holderOf, turnOf, type Gait, type GuardData, type GuardOrder } from "./guard-state.js";
import { openSocket, type Socket } from "./sockets.js";
import { decodeMessage } from "./wire.js";

const { connection, shared, parentPid } = workerData as GuardData;
const state = new Int32Array(shared);
const port = parentPort!;
const patienceMs = 300;
const betweenMs = 30;

/** Whether a cell is being broken off. */
let isBreaking = false;

/** Break off what holds the session's thread, again and again until the cell that runs now has ended. */
async function breakOff(): Promise<void> {
  const turn = turnOf(state);
  if (isBreaking || turn % 2 === 0) return;
  isBreaking = true;
  try {
    // A cell that stops by itself does so before the first attempt.
    await wait(patienceMs);
    while (turnOf(state) === turn) {
      const holder = holderOf(state);
      if (holder === "cell") process.kill(process.pid, "SIGINT");
      else if (holder === "callback" && !(await endCallback(turn))) return;
      await wait(patienceMs);
    }
  } finally {
    isBreaking = false;
  }
}

/**
 * Tell the session's thread, wherever it is, that it is interrupted, and let V8 end what runs on it up to the event loop.
 *
 * @returns false when that cannot be done: Node does not survive the end of a chain of promises that never gives way.
 */
async function endCallback(turn: number): Promise<boolean> {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  const evaluate = async (expression: string): Promise<unknown> =>
    new Promise((resolve) => {
      inspector.post("Runtime.evaluate", { expression, silent: true }, (_, answer) => { resolve(answer.result.value); }); // prettier-ignore
    });
  const handle = `globalThis[Symbol.for("${handleName}")]`;
  try {
    let gait: Gait = "chain";
    // One promise may be the last before the thread is held: only one after the other is a chain.
    for (let look = 0; look < 3 && gait === "chain"; look++) {
      await evaluate(`${handle}.watch()`);
      await wait(betweenMs);
      gait = (await evaluate(`${handle}.gait()`)) as Gait;
    }
    if (gait === "chain") await evaluate(`${handle}.tellStuck()`);
    if (gait !== "held" || (await evaluate(`${handle}.fail(${turn})`)) !== true) return gait !== "chain";
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
      if (type === "interrupt_request") void breakOff();
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
