import { expect, test } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, stackRows, takeRows } from "../../lib/core/matrix.js";

test("stackRows puts parts one after the other, and refuses none and other widths", () => {
  const one = matrix32(1, 2, Float32Array.of(1, 2));
  expect(stackRows([one, matrix32(0, 2), matrix32(2, 2, Float32Array.of(3, 4, 5, 6))])).toEqual(
    matrix32(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6)),
  );
  expect(() => stackRows([])).toThrow(new ShapeError("stackRows: got 0 parts of widths none; pass at least one, all as wide"));
  expect(() => stackRows([one, matrix32(1, 3)])).toThrow(
    new ShapeError("stackRows: got 2 parts of widths 2, 3; pass at least one, all as wide"),
  );
});

test("takeRows refuses a row that there is not", () => {
  for (const row of [2, -1, NaN]) {
    expect(() => takeRows(matrix32(2, 1), [0, row])).toThrow(
      new ValueError(`takeRows: got row ${row} of a matrix with 2 rows; rows are the whole numbers from 0 to 1`),
    );
  }
});

test("a matrix has as many values as rows × columns", () => {
  expect(() => matrix32(2, 3, new Float32Array(5))).toThrow(
    new ShapeError("matrix: got 2 × 3 and 5 values; rows × columns must equal the number of values"),
  );
  expect(() => matrix64(-1, -2, new Float64Array(2))).toThrow(/^matrix: got -1 × -2 and 2 values/);
  expect(() => matrix64(0.5, 2, new Float64Array(1))).toThrow(/^matrix: got 0.5 × 2 and 1 values/);
});
