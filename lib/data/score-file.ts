import { DataError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";
import { readLines, splitCsvLine } from "./csv.js";
import { parseNumber } from "./parse-number.js";

/** One comparison and its score. Scores are similarities. */
export interface ScoreRow {
  readonly probe: string;
  /** The template; a file without it has the identity that was claimed. */
  readonly gallery: string;
  readonly probeIdentity: string;
  readonly galleryIdentity: string;
  readonly score: number;
}

/**
 * `four-column`: `claimed-id real-id probe score` a line, between blanks, as bob reads and writes; it does not name the template.
 * `csv`: a header line, then probe, gallery, probeIdentity, galleryIdentity, score (RFC 4180).
 */
export type ScoreFormat = "four-column" | "csv";

const columns = ["probe", "gallery", "probeIdentity", "galleryIdentity", "score"] as const;
const rowsPerChunk = 8192;

/**
 * Write scores with the nine digits that a float32 needs; −∞ as `-inf`.
 *
 * @throws DataError that names the row when a name cannot be written in the format, or a score is NaN.
 */
export async function writeScoreFile(file: string, rows: Iterable<ScoreRow>, format: ScoreFormat): Promise<void> {
  await writeAtomically(file, chunksOf(rows, format));
}

/**
 * Read scores, line by line.
 *
 * @throws DataError that names the line when the file cannot be read or a line is not of the format, and when there is no score in it.
 */
export async function readScoreFile(file: string, format: ScoreFormat): Promise<ScoreRow[]> {
  const rows: ScoreRow[] = [];
  const parse = format === "csv" ? parseCsvLine : parseFourColumns;
  let number = 0;
  for await (const line of readLines(file)) {
    number++;
    if (format === "csv" && number === 1) checkHeader(line, file);
    else if (line.trim() !== "") rows.push(parse(line, `${file}: line ${number}`));
  }
  if (rows.length === 0) throw new DataError(`${file}: there is no score in it; make it again`);
  return rows;
}

function* chunksOf(rows: Iterable<ScoreRow>, format: ScoreFormat): Generator<Uint8Array> {
  let lines = format === "csv" ? [columns.join(",")] : [];
  let number = 0;
  for (const row of rows) {
    lines.push(formatRow(row, format, `writeScoreFile: row ${number++}`));
    if (lines.length < rowsPerChunk) continue;
    yield Buffer.from(`${lines.join("\n")}\n`, "utf8");
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join("\n")}\n`, "utf8");
}

function formatRow({ probe, gallery, probeIdentity, galleryIdentity, score }: ScoreRow, format: ScoreFormat, where: string): string {
  if (Number.isNaN(score)) throw new DataError(`${where}: the score is NaN; leave that comparison out`);
  const number = Number.isFinite(score) ? String(Number(score.toPrecision(9))) : score > 0 ? "inf" : "-inf";
  const barred = format === "csv" ? /[\r\n]/ : /\s/;
  const names = format === "csv" ? [probe, gallery, probeIdentity, galleryIdentity] : [galleryIdentity, probeIdentity, probe];
  const bad = names.find((name) => name === "" || barred.test(name));
  if (bad !== undefined) {
    const what = format === "csv" ? "line ends" : "blanks";
    throw new DataError(`${where}: the name ${JSON.stringify(bad)} cannot be in a ${format} file; give it letters, and no ${what}`);
  }
  return format === "csv" ? [...names.map(quoted), number].join(",") : [...names, number].join(" ");
}

function quoted(name: string): string {
  return /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function checkHeader(line: string, file: string): void {
  if (line.trim() !== columns.join(",")) {
    throw new DataError(`${file}: line 1 is "${line}"; it must be the columns ${columns.join(",")}`);
  }
}

function parseFourColumns(line: string, where: string): ScoreRow {
  const fields = line.trim().split(/\s+/);
  if (fields.length !== 4) {
    throw new DataError(`${where} has ${fields.length} columns; it must have 4, claimed-id real-id probe score`);
  }
  const [claimed, real, probe, score] = fields;
  return { probe, gallery: claimed, probeIdentity: real, galleryIdentity: claimed, score: parseScore(score, where) };
}

function parseCsvLine(line: string, where: string): ScoreRow {
  const fields = splitCsvLine(line, where);
  if (fields.length !== columns.length) {
    throw new DataError(`${where} has ${fields.length} columns; it must have ${columns.length}, ${columns.join(",")}`);
  }
  const [probe, gallery, probeIdentity, galleryIdentity, score] = fields;
  const empty = columns.find((_, i) => fields[i] === "");
  if (empty !== undefined) throw new DataError(`${where}: ${empty} is empty; give every column a value`);
  return { probe, gallery, probeIdentity, galleryIdentity, score: parseScore(score, where) };
}

function parseScore(text: string, where: string): number {
  const score = parseNumber(text);
  if (score === null || Number.isNaN(score)) throw new DataError(`${where}: the score is "${text}"; it must be a number`);
  return score;
}
