import { expect, test } from "vitest";
import { ShapeError } from "../../lib/core/errors.js";
import { matrix32, stackRows } from "../../lib/core/matrix.js";

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
