import type { StreamName } from "./sinks.js";

export interface StreamBuffer {
  write(name: StreamName, text: string): void;
  flush(): void;
}

const intervalMs = 25;
const sizeLimit = 65_536;

/**
 * Join small writes into few messages: front-ends drop output above a rate. The first write after a pause goes out at once,
 * so that what a cell prints before it blocks is seen.
 */
export function createStreamBuffer(send: (name: StreamName, text: string) => void, clock: () => number): StreamBuffer {
  let name: StreamName = "stdout";
  let text = "";
  let flushedAt = -Infinity;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (text === "") return;
    const held = text;
    text = "";
    flushedAt = clock();
    send(name, held);
  };
  return {
    flush,
    write(stream, written) {
      if (stream !== name) flush();
      name = stream;
      text += written;
      if (text.length >= sizeLimit || clock() - flushedAt >= intervalMs) flush();
      else timer ??= setTimeout(flush, intervalMs);
    },
  };
}
