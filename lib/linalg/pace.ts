import { setImmediate } from "node:timers/promises";

/** Operations that JavaScript does in well under 250 ms. */
const operationsPerTurn = 5e7;

/** Counts work, and lets the event loop and an abort in between blocks of it. */
export interface Pace {
  /** Count `operations`; true when a turn is due. */
  spend(operations: number): boolean;
  /** Let others run. @throws the signal's reason when it was aborted. */
  turn(): Promise<void>;
}

/** @throws the signal's reason when it was aborted already. */
export function startPace(signal: AbortSignal | undefined, budget: number = operationsPerTurn): Pace {
  signal?.throwIfAborted();
  let spent = 0;
  return {
    spend(operations: number): boolean {
      spent += operations;
      return spent >= budget;
    },
    async turn(): Promise<void> {
      spent = 0;
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
}
