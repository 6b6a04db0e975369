import { readFile, writeFile } from "node:fs/promises";
import { DataError } from "../core/errors.js";

/** One value in several forms, by MIME type: text is a string, JSON types are objects, binary is base64. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

export interface DisplayOutput {
  readonly output_type: "display_data";
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

export interface ResultOutput {
  readonly output_type: "execute_result";
  readonly execution_count: number;
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CellMetadata {
  readonly tags?: readonly string[];
  readonly [key: string]: unknown;
}

export interface CodeCell {
  readonly cell_type: "code";
  readonly id: string;
  readonly metadata: CellMetadata;
  readonly source: string;
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

export interface TextCell {
  readonly cell_type: "markdown" | "raw";
  readonly id: string;
  readonly metadata: CellMetadata;
  readonly source: string;
}

export type Cell = CodeCell | TextCell;

export const hasTag = (cell: Cell, tag: string): boolean => Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);

/** A notebook of format 4 with its many-line texts joined into strings. */
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/**
 * Read a notebook of format 4 from what JSON.parse gave: lines are joined, cells without an id get `cell-<number>`.
 *
 * @throws DataError when it is not a notebook of format 4.
 */
export function parseNotebook(value: unknown): Notebook {
  if (!isRecord(value) || value.nbformat !== 4 || !Array.isArray(value.cells)) {
    const found = isRecord(value) ? `nbformat ${String(value.nbformat)}` : typeof value;
    throw new DataError(`parseNotebook: got ${found}; a notebook needs nbformat 4 and an array of cells, so save it again from JupyterLab`);
  }
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: isRecord(value.metadata) ? value.metadata : {},
    cells: value.cells.map(parseCell),
  };
}

/** @throws DataError when the file is not JSON, or not a notebook of format 4. */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError(`readNotebook: ${path} is not JSON (${(error as Error).message}); restore it or save it again from JupyterLab`, {
      cause: error,
    });
  }
  return parseNotebook(value);
}

/** Write a notebook as Jupyter itself does: sorted keys, one space of indent, many-line texts as arrays of lines. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeFile(path, formatNotebook(notebook));
}

/** The bytes that {@link writeNotebook} writes. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code"
      ? { ...cell, source: splitLines(cell.source), outputs: cell.outputs.map(splitOutput) }
      : { ...cell, source: splitLines(cell.source) },
  );
  return `${JSON.stringify(sortKeys({ ...notebook, cells }), null, 1)}\n`;
}

function parseCell(value: unknown, index: number): Cell {
  const cell = isRecord(value) ? value : {};
  const id = typeof cell.id === "string" ? cell.id : `cell-${index + 1}`;
  const metadata = isRecord(cell.metadata) ? (cell.metadata as CellMetadata) : {};
  const source = joinLines(cell.source);
  switch (cell.cell_type) {
    case "code": {
      const outputs = Array.isArray(cell.outputs) ? cell.outputs.map((output) => joinOutput(output, index + 1)) : [];
      const count = typeof cell.execution_count === "number" ? cell.execution_count : null;
      return { cell_type: "code", id, metadata, source, execution_count: count, outputs };
    }
    case "markdown":
    case "raw":
      return { cell_type: cell.cell_type, id, metadata, source };
    default:
      throw new DataError(`parseNotebook: cell ${index + 1} is of type ${String(cell.cell_type)}; it must be code, markdown or raw`);
  }
}

/** @throws DataError when it is no output of format 4. */
function joinOutput(value: unknown, cell: number): Output {
  const output = isRecord(value) ? value : {};
  const refuse = (): DataError =>
    new DataError(
      `parseNotebook: cell ${cell} has an output of type ${String(output.output_type)} that is not whole; run the notebook again`,
    );
  switch (output.output_type) {
    case "stream":
      return { ...output, text: joinLines(output.text) } as StreamOutput;
    case "display_data":
    case "execute_result": {
      if (!isRecord(output.data)) throw refuse();
      const data = Object.fromEntries(Object.entries(output.data).map(([type, form]) => [type, isJson(type) ? form : joinLines(form)]));
      return { ...output, data } as unknown as Output;
    }
    case "error": {
      if (!Array.isArray(output.traceback)) throw refuse();
      return output as unknown as Output;
    }
    default:
      throw refuse();
  }
}

function splitOutput(output: Output): unknown {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: splitLines(output.text) };
    case "display_data":
    case "execute_result": {
      const data = Object.entries(output.data).map(([type, form]) => [type, isText(type, form) ? splitLines(form as string) : form]);
      return { ...output, data: Object.fromEntries(data) as unknown };
    }
    case "error":
      return output;
  }
}

const isJson = (type: string): boolean => type === "application/json" || type.endsWith("+json");

/** Base64 stays one string, as Jupyter writes it. */
const isText = (type: string, form: unknown): boolean => typeof form === "string" && (type.startsWith("text/") || type === "image/svg+xml");

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function joinLines(lines: unknown): string {
  if (Array.isArray(lines)) return lines.join("");
  return typeof lines === "string" ? lines : "";
}

const splitLines = (text: string): readonly string[] => (text === "" ? [] : text.split(/(?<=\n)/));

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}
