// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- what follows stays in the declarations, whose reader may not have danfo
/** @ts-ignore */
import type * as danfojs from "danfojs-node";
import { ValueError } from "../core/errors.js";
import { explainAbsence } from "../core/optional-package.js";
import { displayBundle } from "./display.js";
import { escapeHtml } from "./html.js";
import type { MimeBundle } from "./nbformat.js";
import { formatNumber, formatPlainly, type NumberFormat } from "./number-format.js";

/** What a table needs of a danfo DataFrame. */
export interface TableFrame {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

/** One object a row, the same keys in each. */
export type TableRows = readonly object[];

export interface TableOptions {
  /** Columns to show, in that order. Defaults to all. */
  readonly columns?: readonly string[];
  /** Number format of each column. @defaultValue four significant digits */
  readonly formats?: Readonly<Record<string, NumberFormat>>;
  /** Rows shown at most; the table says how many it hides. @defaultValue 30 */
  readonly limit?: number;
  /** @defaultValue none */
  readonly caption?: string;
}

/**
 * Rows as a danfo DataFrame, to group, join and describe. danfo is loaded on the first call.
 *
 * @throws ValueError for no rows. @throws DataError when danfojs-node is not installed.
 */
export async function tableOf(rows: TableRows): Promise<danfojs.DataFrame> {
  if (rows.length === 0) throw new ValueError("tableOf: got no rows; a table needs at least one to know its columns");
  const danfo = (await import("danfojs-node").catch((error: unknown) => {
    throw explainAbsence(error, "danfojs-node", "tableOf");
  })) as typeof danfojs & { readonly default?: typeof danfojs };
  return new (danfo.default ?? danfo).DataFrame([...rows]);
}

/** Show rows, or a danfo DataFrame, as a table with a text twin. @throws as {@link formatTable} and {@link tableOf} do. */
export async function showTable(rows: TableRows | TableFrame, options: TableOptions = {}): Promise<void> {
  displayBundle(formatTable(isFrame(rows) ? rows : await tableOf(rows), options));
}

/**
 * A table as HTML (class `dataframe`, everything escaped) and as text.
 *
 * @throws ValueError when a column that is asked for does not exist, or the limit is below 1.
 */
export function formatTable(
  frame: TableFrame,
  { columns = frame.columns, formats = {}, limit = 30, caption }: TableOptions = {},
): MimeBundle {
  const unknown = [...columns, ...Object.keys(formats)].find((column) => !frame.columns.includes(column));
  if (unknown !== undefined) {
    throw new ValueError(`formatTable: there is no column "${unknown}"; the table has ${frame.columns.join(", ")}`);
  }
  if (!(limit >= 1)) throw new ValueError(`formatTable: got limit ${limit}; a table shows at least one row`);
  const shown = frame.values.slice(0, limit) as readonly (readonly unknown[])[];
  const indices = columns.map((column) => frame.columns.indexOf(column));
  const cells = shown.map((row) => indices.map((index, i) => formatCell(row[index], formats[columns[i]])));
  const isNumeric = indices.map((index) => shown.some((row) => typeof row[index] === "number"));
  const hidden = frame.values.length - shown.length;
  const note = hidden === 0 ? null : `${hidden.toLocaleString("en")} more of ${frame.values.length.toLocaleString("en")} rows`;
  return {
    "text/html": formatHtml(columns, cells, { isNumeric, note, caption }),
    "text/plain": formatText(columns, cells, { isNumeric, note, caption }),
  };
}

interface Layout {
  readonly isNumeric: readonly boolean[];
  readonly note: string | null;
  readonly caption: string | undefined;
}

function formatHtml(columns: readonly string[], cells: readonly (readonly string[])[], { isNumeric, note, caption }: Layout): string {
  const cell = (tag: "td" | "th", text: string, i: number): string =>
    `<${tag}${isNumeric[i] ? ' style="text-align: right"' : ' style="text-align: left"'}>${escapeHtml(text)}</${tag}>`;
  const line = (tag: "td" | "th", texts: readonly string[]): string => `<tr>${texts.map((text, i) => cell(tag, text, i)).join("")}</tr>`;
  return [
    '<table class="dataframe">',
    ...(caption === undefined ? [] : [`<caption>${escapeHtml(caption)}</caption>`]),
    `<thead>${line("th", columns)}</thead>`,
    "<tbody>",
    ...cells.map((row) => line("td", row)),
    "</tbody>",
    ...(note === null ? [] : [`<tfoot><tr><td colspan="${columns.length}">${escapeHtml(note)}</td></tr></tfoot>`]),
    "</table>",
  ].join("\n");
}

function formatText(columns: readonly string[], cells: readonly (readonly string[])[], { isNumeric, note, caption }: Layout): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i].length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (isNumeric[i] ? text.padStart(widths[i]) : text.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [...(caption === undefined ? [] : [caption]), line(columns), ...cells.map(line), ...(note === null ? [] : [note])].join("\n");
}

function formatCell(value: unknown, format: NumberFormat | undefined): string {
  if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value))) return "–";
  if (typeof value === "number") return format === undefined ? formatPlainly(value) : formatNumber(value, format);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const isFrame = (rows: TableRows | TableFrame): rows is TableFrame => !Array.isArray(rows);
