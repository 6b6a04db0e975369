import { DataError } from "../core/errors.js";

export type TensorData = Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array;

/** A value's type, by its name in the format. */
export type Dtype = "F64" | "F32" | "I32" | "I16" | "U8";

interface TensorDataConstructor {
  new (length: number): TensorData;
  readonly BYTES_PER_ELEMENT: number;
}

/** What is read and written. */
export const dtypes: Readonly<Record<Dtype, TensorDataConstructor>> = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  I16: Int16Array,
  U8: Uint8Array,
};

/** Where a tensor lies in a safetensors file. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the bytes. */
  readonly places: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Parse a safetensors header and hold it against the number of bytes that follow it.
 *
 * @param file only for messages.
 * @throws DataError when it is not a header, or when its tensors do not fill the bytes exactly, one after the other.
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const fail = (what: string): never => {
    throw new DataError(`${file}: ${what}; the file is damaged or no safetensors file, so get or make it again`);
  };
  let text = "";
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    fail("the header is not JSON in UTF-8");
  }
  if (!isObject(header)) return fail("the header is not a JSON object");
  const twice = duplicateKey(text);
  if (twice !== null) fail(`the header has the key "${twice}" twice`);

  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    return fail("__metadata__ is not an object of texts");
  }
  const places = Object.entries(entries).map(([name, entry]) => parsePlace(name, entry, fail));
  places.sort((one, other) => one.begin - other.begin || one.end - other.end);
  let end = 0;
  for (const place of places) {
    if (place.begin < end) fail(`tensor "${place.name}" overlaps the one before it`);
    if (place.begin > end) fail(`there are ${place.begin - end} bytes of no tensor before "${place.name}"`);
    end = place.end;
  }
  if (end > dataBytes) fail(`it has ${dataBytes} bytes of values, its header says ${end}: it was cut short`);
  if (end < dataBytes) fail(`there are ${dataBytes - end} bytes after the last tensor`);
  return { places, metadata: metadata as Record<string, string> };
}

/** The header's bytes: keys in a fixed order, padded with spaces to a multiple of eight. */
export function formatHeader({ places, metadata }: SafetensorsHeader): Uint8Array {
  const texts = Object.keys(metadata)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
  const fields = places.map(
    ({ name, dtype, shape, begin, end }) =>
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${begin},${end}]}`,
  );
  if (texts.length > 0) fields.unshift(`"__metadata__":{${texts.join(",")}}`);
  const bytes = Buffer.from(`{${fields.join(",")}}`, "utf8");
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7, " ")]);
}

function parsePlace(name: string, entry: unknown, fail: (what: string) => never): TensorPlace {
  if (!isObject(entry)) return fail(`tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets, ...rest } = entry;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) fail(`tensor "${name}" has the unknown field "${unknown[0]}"`);
  if (typeof dtype !== "string" || !Object.hasOwn(dtypes, dtype)) {
    return fail(`tensor "${name}" is of type ${JSON.stringify(dtype)}, and only ${Object.keys(dtypes).join(", ")} are read`);
  }
  if (!isCounts(shape)) return fail(`tensor "${name}" has the shape ${JSON.stringify(shape)}, not a list of counts`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    return fail(`tensor "${name}" has the offsets ${JSON.stringify(offsets)}, not a begin and an end`);
  }
  const [begin, end] = offsets;
  const need = shape.reduce((product, side) => product * side, dtypes[dtype as Dtype].BYTES_PER_ELEMENT);
  if (end - begin !== need) fail(`tensor "${name}" has ${end - begin} bytes, and ${dtype} of shape ${shape.join(" × ")} needs ${need}`);
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** JSON.parse keeps the last of two equal keys in silence. The text is valid JSON already. */
function duplicateKey(text: string): string | null {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push(new Set());
    else if (text[at] === "}") open.pop();
    else if (text[at] === '"') {
      const begin = at;
      at = endOfText(text, begin);
      if (!isKey(text, at + 1)) continue;
      const key = JSON.parse(text.slice(begin, at + 1)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

/** The place of the quote that ends the text which begins at `begin`. */
function endOfText(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** Whether a colon is the next that is no space. */
function isKey(text: string, after: number): boolean {
  let at = after;
  while (" \t\r\n".includes(text[at])) at++;
  return text[at] === ":";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && (one as number) >= 0);
}
