import { StringDecoder } from "node:string_decoder";
import type { StreamName } from "./sinks.js";

type Write = typeof process.stdout.write;

/** Take over what this process writes to its two streams. @returns what gives them back. */
export function captureOutput(take: (name: StreamName, text: string) => void): () => void {
  const names: readonly StreamName[] = ["stdout", "stderr"];
  const originals = names.map((name) => process[name].write); // eslint-disable-line @typescript-eslint/unbound-method
  for (const name of names) process[name].write = writer((text) => { take(name, text); }); // prettier-ignore
  return () => {
    for (const [i, name] of names.entries()) process[name].write = originals[i];
  };
}

type Callback = (error?: Error | null) => void;

function writer(take: (text: string) => void): Write {
  const decoder = new StringDecoder("utf8");
  return (chunk: string | Uint8Array, encoding?: BufferEncoding | Callback, callback?: Callback): boolean => {
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    if (text !== "") take(text);
    const done = typeof encoding === "function" ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
}
