import { describe, expect, it } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { compareRows } from "../../lib/study/compare-rows.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { algebra, expectClose } from "../close.js";
import { resultRow } from "./result-rows.js";

const row = (change: Partial<ResultRow>): ResultRow => resultRow({ value: 0.8, low: 0.7, high: 0.9, ...change });

describe("compareRows", () => {
  it("pairs rows by what varies within a run, whatever was changed between the two", () => {
    const maps = ["ridge", "procrustes"];
    const one = maps.map((map) => row({ map }));
    const other = maps
      .toReversed()
      .map((map) => row({ map, seed: 1, testSet: "cfp", value: map === "ridge" ? 0.6 : 0.85, low: 0.5, high: null }));
    const { keys, rows, onlyFirst, onlySecond } = compareRows(one, other);
    expect([keys, onlyFirst, onlySecond]).toEqual([["map"], 0, 0]);
    expect(rows.map(({ key, first, second }) => [...key, first, second])).toEqual([["ridge", 0.8, 0.6], ["procrustes", 0.8, 0.85]]); // prettier-ignore
    expect(rows[0]).toMatchObject({ low: null, high: null });
  });

  it("gives Newcombe's interval of the difference", () => {
    // 56/70 and 48/80 with Wilson's intervals: the difference .2 has the interval .0524 … .3339 (Newcombe 1998, table II, method 10).
    const first = row({ value: 48 / 80, low: 0.4904, high: 0.7004 });
    const second = row({ value: 56 / 70, low: 0.6918, high: 0.8769 });
    const [{ difference, low, high }] = compareRows([first], [second]).rows;
    expectClose([difference], [0.2], algebra);
    expect(Math.abs(low! - 0.0524)).toBeLessThan(2e-4);
    expect(Math.abs(high! - 0.3339)).toBeLessThan(2e-4);
  });

  it("counts what only one run has, and refuses rows that cannot be told apart", () => {
    const compared = compareRows([row({}), row({ map: "procrustes" })], [row({}), row({ map: "linear" }), row({ map: "cca" })]);
    expect([compared.rows.length, compared.onlyFirst, compared.onlySecond]).toEqual([1, 1, 2]);
    expect(() => compareRows([row({}), row({})], [row({})])).toThrow(DataError);
    expect(() => compareRows([row({}), row({})], [row({})])).toThrow("1 rows of the first run are of the same setting as others");
  });
});
