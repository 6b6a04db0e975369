import { readFileSync } from "node:fs";
import { matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import type { Compatibility, Linkage, PairValue } from "../../lib/geometry/index.js";

/** What test/golden/make_golden_compatibility.py wrote. */
export const golden = JSON.parse(readFileSync(new URL("../golden/compatibility.json", import.meta.url), "utf8")) as {
  readonly hierarchies: readonly {
    readonly linkage: Linkage;
    readonly distances: readonly number[];
    /** First, second, height, size. */
    readonly merges: readonly (readonly [number, number, number, number])[];
    readonly correlation: number;
    readonly cophenetic: readonly number[];
    readonly order: readonly number[];
    /** Height, places of left and right, heights of left and right. */
    readonly arms: readonly (readonly [number, number, number, number, number])[];
  }[];
  readonly effects: {
    readonly values: readonly number[];
    readonly mean: number;
    readonly source: readonly number[];
    readonly target: readonly number[];
    readonly shares: readonly [number, number, number];
  };
  readonly separation: { readonly numbers: readonly number[]; readonly correlation: number; readonly p: number };
};

export function square(values: readonly number[]): Matrix64 {
  const side = Math.sqrt(values.length);
  return matrix64(side, side, Float64Array.from(values));
}

/** Networks a, b, c … with these values, row by row. */
export function scoresOf(values: readonly number[], native: readonly number[] | null = null): Compatibility {
  const matrix = square(values);
  const networks = Array.from({ length: matrix.rows }, (_, i) => String.fromCharCode(97 + i));
  return { networks, metric: "rank1", values: matrix, native: native === null ? null : Float64Array.from(native) };
}

/** A row for each entry, native ones on the diagonal. */
export function rowsOf(values: readonly (readonly number[])[], metric = "rank1"): PairValue[] {
  const name = (i: number): string => String.fromCharCode(97 + i);
  return values.flatMap((row, i) => row.map((value, j) => ({ source: name(i), target: name(j), metric, value })));
}
