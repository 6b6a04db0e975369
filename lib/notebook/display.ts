import { createRequire } from "node:module";
import { join } from "node:path";
import type { MimeBundle } from "./nbformat.js";

type Hook = (message: { data: MimeBundle; metadata: MimeBundle; transient: { display_id?: string } }, update?: boolean) => void;

export interface DisplayOptions {
  /** What describes the data, by MIME type, such as an image's width. @defaultValue none */
  readonly metadata?: MimeBundle;
  /** Name of the display, so that a later bundle of the same name takes its place. */
  readonly displayId?: string;
  /** Replace the display of that name instead of adding one. @defaultValue false */
  readonly update?: boolean;
}

/**
 * Send one value in several forms to the cell that runs; outside a kernel write its `text/plain` form as a line.
 *
 * A kernel is found by the display hook that tslab keeps in its module; tslab is never loaded for that.
 */
export function displayBundle(data: MimeBundle, { metadata = {}, displayId, update = false }: DisplayOptions = {}): void {
  const hook = findHook();
  if (hook) {
    hook({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update);
    return;
  }
  const text = data["text/plain"];
  process.stdout.write(`${typeof text === "string" ? text : Object.keys(data).join(", ")}\n`);
}

/** Whether a notebook cell is there to be written to. */
export function isInKernel(): boolean {
  return findHook() !== null;
}

const require = createRequire(import.meta.url);
const hookModule = join("tslab", "dist", "jupyter.js");

function findHook(): Hook | null {
  const path = Object.keys(require.cache).find((key) => key.endsWith(hookModule));
  const loaded = path === undefined ? undefined : (require.cache[path]?.exports as { lastWriteDisplayData?: Hook | null });
  return loaded?.lastWriteDisplayData ?? null;
}
