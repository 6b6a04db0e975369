import { AsyncLocalStorage } from "node:async_hooks";
import type { Sinks } from "./sinks.js";
import type { StreamBuffer } from "./stream-buffer.js";

/** One cell while it runs, and after: what it has started may speak, or fail, later. */
export interface CellContext {
  readonly sinks: Sinks;
  readonly buffer: StreamBuffer;
  /** Aborted when the cell is interrupted. */
  readonly controller: AbortController;
  /** What was thrown where nobody catches it, in the order in which it was. */
  readonly thrown: unknown[];
}

/** The cell that the running code comes from, however late it runs. */
export const cellContext: AsyncLocalStorage<CellContext> = new AsyncLocalStorage();

const never = new AbortController().signal;

/**
 * The signal that the interrupt of a cell aborts: hand it to calls that can stop. Outside of a kernel it is never aborted.
 *
 * @example await runStudy(spec, { signal: cellSignal() })
 */
export function cellSignal(): AbortSignal {
  return cellContext.getStore()?.controller.signal ?? never;
}

export interface ClearOptions {
  /** Clear only when the next output comes, so that nothing flickers. @defaultValue false */
  readonly wait?: boolean;
}

/** Take back what the cell has shown so far. Outside of a kernel it does nothing. */
export function clearOutput({ wait = false }: ClearOptions = {}): void {
  const cell = cellContext.getStore();
  if (!cell) return;
  cell.buffer.flush();
  cell.sinks.clear(wait);
}
