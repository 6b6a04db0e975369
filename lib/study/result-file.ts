import { readFile } from "node:fs/promises";
import { DataError, ValueError } from "../core/errors.js";
import { writeAtomically } from "../data/atomic-file.js";
import type { ResultRow } from "./result-row.js";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value !== "";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isBound: Check = (value) => value === null || isNumber(value);

/** Every field of a row, in the order that files have them. */
const fields: readonly (readonly [keyof ResultRow, Check, string])[] = [
  ["experiment", isText, "a text"],
  ["source", isText, "a text"],
  ["target", isText, "a text"],
  ["fitSet", isText, "a text"],
  ["testSet", isText, "a text"],
  ["map", isText, "a text"],
  ["frame", (value) => value === "centred" || value === "raw", `"centred" or "raw"`],
  ["metric", isText, "a text"],
  ["value", isNumber, "a finite number"],
  ["low", isBound, "a finite number or null"],
  ["high", isBound, "a finite number or null"],
  ["train", isCount, "a whole number from 0 on"],
  ["gallery", isCount, "a whole number from 0 on"],
  ["probes", isCount, "a whole number from 0 on"],
  ["seed", (value) => Number.isInteger(value), "a whole number"],
  ["engine", (value) => value === "onnx" || value === "openblas" || value === "tfjs", `"onnx", "openblas" or "tfjs"`],
];

/**
 * JSON with one row a line and the fields always in the same order: the same rows give the same bytes, and a changed value a changed line.
 *
 * @throws ValueError that names the row and the field when a value is not what a row holds.
 */
export function formatResultRows(rows: readonly ResultRow[]): string {
  const lines = rows.map((row, i) => {
    const problem = findProblem(row);
    if (problem !== null) throw new ValueError(`formatResultRows: row ${i}: ${problem}`);
    return JSON.stringify(Object.fromEntries(fields.map(([name]) => [name, row[name]])));
  });
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

/**
 * The rows of a result file.
 *
 * @param path only for messages.
 * @throws DataError that names file, row and field when the text is not a list of rows.
 */
export function parseResultRows(text: string, path: string): ResultRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${path}: not JSON (${(error as Error).message}); write it again by running its experiment`, { cause: error });
  }
  if (!Array.isArray(parsed)) throw new DataError(`${path}: holds no list; a result file is a list of rows`);
  return parsed.map((row: unknown, i) => {
    const problem = findProblem(row);
    if (problem !== null) throw new DataError(`${path}: row ${i}: ${problem}`);
    return row as ResultRow;
  });
}

/** Write a result file whole or not at all, and its folder where there is none. @throws ValueError as formatResultRows does. */
export async function writeResultFile(path: string, rows: readonly ResultRow[]): Promise<void> {
  await writeAtomically(path, [Buffer.from(formatResultRows(rows))]);
}

/** @throws DataError when the file cannot be read or does not hold rows. */
export async function readResultFile(path: string): Promise<ResultRow[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new DataError(`${path}: cannot be read (${(error as Error).message}); run its experiment first`, { cause: error });
  }
  return parseResultRows(text, path);
}

function findProblem(row: unknown): string | null {
  if (typeof row !== "object" || row === null) return "is no object; every row is one with the fields of a ResultRow";
  const values = row as Record<string, unknown>;
  for (const [name, check, needed] of fields) {
    if (!(name in values)) return `${name} is missing; it must be ${needed}`;
    if (!check(values[name])) return `${name} is ${String(values[name])}; it must be ${needed}`;
  }
  const known = new Set<string>(fields.map(([name]) => name));
  const stranger = Object.keys(values).find((name) => !known.has(name));
  return stranger === undefined ? null : `${stranger} is no field of a ResultRow; leave it out`;
}
