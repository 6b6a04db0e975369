import type { Connection } from "./sockets.js";
import type { Holder } from "./session.js";
import type { Frame } from "./wire.js";

/** What the guard is started with. */
export interface GuardData {
  readonly connection: Connection;
  /** Two 32-bit numbers that both threads see: places below. */
  readonly shared: SharedArrayBuffer;
  /** The process that started the kernel, when its end is the kernel's end. */
  readonly parentPid: number | null;
}

/** What the session says to the guard: send these frames on the control channel, or end. */
export type GuardOrder = readonly Frame[] | "close";

/** Place of who holds the session's thread. */
const holder = 0;
/** Place of the session's turn. */
const turn = 1;

/** Symbol of the global {@link GuardHandle}. */
export const handleName = "facebridge.guard";

/** How the session's thread goes: its event loop turns, only promises do, or nothing. */
export type Gait = "free" | "chain" | "held";

/** What the guard calls on the session's thread. */
export interface GuardHandle {
  watch(): void;
  /** Since it is watched. */
  gait(): Gait;
  /** Tell the cell that it cannot be broken off. */
  tellStuck(): void;
  /** Fail the cell of that turn, if it still holds the thread by something that it has started. @returns whether it does */
  fail(turn: number): boolean;
}

const holders: readonly Holder[] = ["kernel", "cell", "callback"];

export function createGuardState(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(8));
}

export function setHolder(state: Int32Array, who: Holder, ofTurn: number): void {
  Atomics.store(state, turn, ofTurn);
  Atomics.store(state, holder, holders.indexOf(who));
}

/** Odd while a cell runs; no two cells have the same. */
export function turnOf(state: Int32Array): number {
  return Atomics.load(state, turn);
}

export function holderOf(state: Int32Array): Holder {
  return holders[Atomics.load(state, holder)];
}
