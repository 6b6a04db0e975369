import { createReadStream } from "node:fs";
import { codeOf } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";

/** A row of an embedding is far shorter; a longer line is of no table. */
const maxLineLength = 2 ** 22;
const maxColumns = 65_536;

export interface CsvLine {
  /** From 1 on. */
  readonly number: number;
  readonly fields: readonly string[];
}

/**
 * The lines of a CSV file (RFC 4180, without line ends inside fields), one after the other; empty lines are left out. Memory does not grow with the file.
 *
 * @throws DataError when the file cannot be read, a line is too long or has too many columns, or a quotation mark does not end.
 */
export async function* readCsv(file: string): AsyncGenerator<CsvLine, void, undefined> {
  let number = 0;
  for await (const line of readLines(file)) {
    number++;
    if (line !== "") yield { number, fields: splitCsvLine(line, `${file}: line ${number}`) };
  }
}

/** The fields of one line. @param where for messages. @throws DataError when a quotation mark does not end or is in a bare field, or there are too many columns. */
export function splitCsvLine(line: string, where: string): string[] {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const { value, end } = line[at] === '"' ? quotedField(line, at, where) : bareField(line, at, where);
    if (fields.push(value) > maxColumns) throw new DataError(`${where} has more than ${maxColumns} columns; give a table of fewer`);
    if (end === line.length) return fields;
    if (line[end] !== ",") throw badQuote(where);
    at = end;
  }
}

interface Field {
  readonly value: string;
  /** Of the comma after it, or the line's length. */
  readonly end: number;
}

function bareField(line: string, begin: number, where: string): Field {
  const comma = line.indexOf(",", begin);
  const end = comma < 0 ? line.length : comma;
  const value = line.slice(begin, end);
  if (value.includes('"')) throw badQuote(where);
  return { value, end };
}

function quotedField(line: string, begin: number, where: string): Field {
  let value = "";
  for (let from = begin + 1; ; value += '"') {
    const close = line.indexOf('"', from);
    if (close < 0) throw badQuote(where);
    value += line.slice(from, close);
    if (line[close + 1] !== '"') return { value, end: close + 1 };
    from = close + 2;
  }
}

function badQuote(where: string): DataError {
  return new DataError(`${where} has a quotation mark that does not end, or one within a name; double it and quote the name`);
}

/** The lines of a text file, without a byte order mark. @throws DataError as `readCsv`, of the file and of too long a line. */
export async function* readLines(file: string): AsyncGenerator<string, void, undefined> {
  let rest = "";
  let isFirst = true;
  try {
    for await (const chunk of createReadStream(file, "utf8") as AsyncIterable<string>) {
      const lines = (rest + (isFirst ? chunk.replace(/^\uFEFF/, "") : chunk)).split("\n");
      isFirst = false;
      rest = lines.pop()!;
      if (rest.length > maxLineLength)
        throw new DataError(`${file}: a line is longer than ${maxLineLength} characters; give a table of shorter ones`);
      for (const line of lines) yield line.replace(/\r$/, "");
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file}: cannot be read (${codeOf(error)}); make it, or name another`);
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}
