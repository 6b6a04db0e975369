import type { DisplayOutput, MimeBundle, Output, StreamOutput } from "../notebook/nbformat.js";
import type { CellError } from "./cell-error.js";
import type { Display, StreamName } from "./sinks.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The outputs of a notebook as they come in: writes to one stream are joined, a display is replaced by its updates. */
export interface OutputRecorder {
  /** Outputs now go to a new cell. */
  startCell(): void;
  stream(name: StreamName, text: string): void;
  display(display: Display): void;
  result(count: number, data: MimeBundle): void;
  error(error: CellError): void;
  /** Take back the outputs of the cell; when `wait`, only once another follows. */
  clear(wait: boolean): void;
  /** Of the current cell. */
  readonly outputs: readonly Output[];
}

export function createOutputRecorder(): OutputRecorder {
  let outputs: Output[] = [];
  let clearNext = false;
  const displays = new Map<string, Mutable<DisplayOutput>[]>();
  const push = (output: Output): void => {
    if (clearNext) outputs = [];
    clearNext = false;
    outputs.push(output);
  };

  return {
    get outputs() {
      return outputs;
    },
    startCell() {
      outputs = [];
      clearNext = false;
    },
    clear(wait) {
      clearNext = wait;
      if (!wait) outputs = [];
    },
    stream(name, text) {
      const last = outputs.at(-1);
      if (!clearNext && last?.output_type === "stream" && last.name === name) (last as Mutable<StreamOutput>).text += text;
      else push({ output_type: "stream", name, text });
    },
    display({ data, metadata, displayId, update }) {
      if (update && displayId !== null && displays.has(displayId)) {
        for (const shown of displays.get(displayId)!) Object.assign(shown, { data, metadata });
        return;
      }
      const output: Mutable<DisplayOutput> = { output_type: "display_data", data, metadata };
      push(output);
      if (displayId !== null) displays.set(displayId, [...(displays.get(displayId) ?? []), output]);
    },
    result(count, data) {
      push({ output_type: "execute_result", execution_count: count, data, metadata: {} });
    },
    error({ name, message, traceback }) {
      push({ output_type: "error", ename: name, evalue: message, traceback });
    },
  };
}
