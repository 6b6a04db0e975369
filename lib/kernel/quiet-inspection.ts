import { inspect } from "node:util";

/** What Node notes on promises and timers so that it knows which cell they come from; nobody asked to see it. */
const notes = new Set(["async_id_symbol", "trigger_async_id_symbol", "kResourceStore"]);

/** Let `util.inspect`, and so every value that is shown, leave those notes out. */
export function quietInspection(): void {
  const immediate = setImmediate(() => undefined);
  const timeout = setTimeout(() => undefined);
  clearImmediate(immediate);
  clearTimeout(timeout);
  for (const prototype of [Promise.prototype, Object.getPrototypeOf(immediate), Object.getPrototypeOf(timeout)] as object[]) {
    const earlier = (prototype as Record<symbol, ((...args: unknown[]) => unknown) | undefined>)[inspect.custom];
    Object.defineProperty(prototype, inspect.custom, {
      configurable: true,
      writable: true,
      value(this: object, ...args: unknown[]): unknown {
        hideNotes(this);
        return earlier ? earlier.apply(this, args) : this;
      },
    });
  }
}

function hideNotes(value: object): void {
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (notes.has(symbol.description ?? "")) Object.defineProperty(value, symbol, { enumerable: false });
  }
}
