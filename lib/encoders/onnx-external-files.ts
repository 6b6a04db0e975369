import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { codeOf } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";

type MessageName = "model" | "graph" | "node" | "attribute" | "tensor" | "sparse" | "function" | "entry";

/** Fields that lead to tensors, by number. @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const inner: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 7: "graph", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  function: { 7: "node", 11: "attribute" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "entry" },
  entry: {},
};

const mostDepth = 64;
const mostFields = 5_000_000;
const windowBytes = 65_536;
const longestText = 4096;

/**
 * The files of external data that an ONNX graph names, each once, as it names them: nothing is said about whether they may be read. Weights that lie in
 * the file itself are passed over unread.
 *
 * @throws DataError when the file is no ONNX graph: its fields do not fill it one after the other.
 */
export function externalFiles(file: string): string[] {
  const bytes = openBytes(file);
  const locations = new Set<string>();
  let fields = 0;
  const broken = (): DataError => new DataError(`${file}: it is no ONNX graph, or was cut short; get the file again or convert it`);

  const variableLength = (from: number, end: number): { value: number; next: number } => {
    let value = 0;
    for (let k = 0; k < 10; k++) {
      if (from + k >= end) throw broken();
      const byte = bytes.at(from + k);
      value += (byte & 127) * 2 ** (7 * k);
      if (byte < 128) return { value, next: from + k + 1 };
    }
    throw broken();
  };

  const walk = (name: MessageName, begin: number, end: number, depth: number): void => {
    if (depth > mostDepth) throw broken();
    let key = "";
    for (let at = begin; at < end;) {
      if (++fields > mostFields) throw broken();
      const tag = variableLength(at, end);
      const [field, wire] = [Math.floor(tag.value / 8), tag.value % 8];
      if (wire === 0) at = variableLength(tag.next, end).next;
      else if (wire === 1) at = tag.next + 8;
      else if (wire === 5) at = tag.next + 4;
      else if (wire === 2) {
        const { value: length, next } = variableLength(tag.next, end);
        at = next + length;
        if (at > end) throw broken();
        const child = inner[name][field] as MessageName | undefined;
        if (child !== undefined) walk(child, next, at, depth + 1);
        if (name === "entry" && length <= longestText) {
          const text = bytes.text(next, length);
          if (field === 1) key = text;
          else if (field === 2 && key === "location") locations.add(text);
        }
      } else throw broken();
      if (at > end) throw broken();
    }
  };

  try {
    if (bytes.size === 0) throw broken();
    walk("model", 0, bytes.size, 0);
  } finally {
    bytes.close();
  }
  return [...locations];
}

interface Bytes {
  readonly size: number;
  at(offset: number): number;
  text(offset: number, length: number): string;
  close(): void;
}

/** A file's bytes through a window of fixed size. */
function openBytes(file: string): Bytes {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (error) {
    throw new DataError(`${file}: cannot be opened (${codeOf(error)}); name a file`);
  }
  const window = Buffer.alloc(windowBytes);
  let from = 0;
  let filled = 0;
  const at = (offset: number): number => {
    if (offset < from || offset >= from + filled) {
      from = offset;
      filled = readSync(handle, window, 0, windowBytes, offset);
      if (filled === 0) throw new DataError(`${file}: it became shorter while it was read; see who else writes it`);
    }
    return window[offset - from];
  };
  return {
    size: fstatSync(handle).size,
    at,
    text: (offset, length) => Buffer.from(Array.from({ length }, (_, k) => at(offset + k))).toString("utf8"),
    close: () => {
      closeSync(handle);
    },
  };
}
