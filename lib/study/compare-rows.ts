import { DataError } from "../core/errors.js";
import type { ResultRow } from "./result-row.js";

/** The same measure in two sets of rows. */
export interface ComparedRow {
  /** Values of the fields that tell the measure from the others. */
  readonly key: readonly string[];
  readonly first: number;
  readonly second: number;
  /** second − first. */
  readonly difference: number;
  /** Bounds of the difference's 95 % interval; null where a row has none. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface ComparedRows {
  /** Names of the fields in each row's key. */
  readonly keys: readonly (keyof ResultRow)[];
  readonly rows: readonly ComparedRow[];
  /** Rows without a counterpart. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

const settings = [
  "source",
  "target",
  "fitSet",
  "testSet",
  "map",
  "frame",
  "metric",
  "train",
  "seed",
] as const satisfies readonly (keyof ResultRow)[];

/**
 * Put the rows of two runs side by side. Fields that are constant within each run, such as a seed that was changed, tell no rows apart.
 *
 * The interval of a difference is Newcombe's, from the two rows' own: √((v − low)² + (high′ − v′)²) upwards and likewise downwards. It
 * takes the two as independent; of runs that share people it is too wide.
 *
 * @throws DataError when two rows of a run cannot be told apart.
 * @see Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
 */
export function compareRows(first: readonly ResultRow[], second: readonly ResultRow[]): ComparedRows {
  const varies = (rows: readonly ResultRow[], field: keyof ResultRow): boolean => new Set(rows.map((row) => row[field])).size > 1;
  const keys = settings.filter((field) => varies(first, field) || varies(second, field));
  const keyOf = (row: ResultRow): string[] => keys.map((field) => String(row[field]));
  const index = (rows: readonly ResultRow[], name: string): Map<string, ResultRow> => {
    const found = new Map(rows.map((row) => [JSON.stringify(keyOf(row)), row]));
    if (found.size === rows.length) return found;
    throw new DataError(
      `compareRows: ${rows.length - found.size} rows of the ${name} run are of the same setting as others; compare runs of one experiment`,
    );
  };
  const [firstRows, secondRows] = [index(first, "first"), index(second, "second")];
  const rows = [...firstRows].flatMap(([key, row]) => {
    const other = secondRows.get(key);
    return other === undefined ? [] : [compareRow(row, other, keyOf(row))];
  });
  return { keys, rows, onlyFirst: firstRows.size - rows.length, onlySecond: secondRows.size - rows.length };
}

function compareRow(one: ResultRow, other: ResultRow, key: readonly string[]): ComparedRow {
  const difference = other.value - one.value;
  const compared = { key, first: one.value, second: other.value, difference };
  if (one.low === null || one.high === null || other.low === null || other.high === null) return { ...compared, low: null, high: null };
  return {
    ...compared,
    low: difference - Math.hypot(other.value - other.low, one.high - one.value),
    high: difference + Math.hypot(other.high - other.value, one.value - one.low),
  };
}
