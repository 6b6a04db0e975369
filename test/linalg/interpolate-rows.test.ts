import { describe, expect, it } from "vitest";
import { matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { interpolateRows } from "../../lib/linalg/interpolate-rows.js";
import { exact, expectClose } from "../close.js";
import { gaussian, multiply } from "../synthetic.js";

const within = { ...exact, absolute: 1e-12 };

function rowsAt({ columns, data }: Matrix64, indices: readonly number[]): Matrix64 {
  return matrix64(indices.length, columns, Float64Array.from(indices.flatMap((l) => [...data.subarray(l * columns, (l + 1) * columns)])));
}

describe("interpolateRows", () => {
  it("finds three rows that carry nine others (seed 1)", () => {
    const random = createRandom(1);
    const rows = multiply(gaussian(9, 3, random), gaussian(3, 50, random));
    const { pivots, coefficients } = interpolateRows(rows, 1e-12);
    expect(pivots).toHaveLength(3);
    expectClose(multiply(coefficients, rowsAt(rows, pivots)).data, rows.data, within);
    pivots.forEach((pivot, k) => {
      expect([...coefficients.data.subarray(pivot * 3, pivot * 3 + 3)]).toEqual([0, 1, 2].map((j) => (j === k ? 1 : 0)));
    });
  });

  it("follows a smooth family of rows by fewer of them", () => {
    const family = matrix64(
      25,
      40,
      Float64Array.from({ length: 1000 }, (_, k) => 1 / (1 + 10 ** (-4 + Math.floor(k / 40) / 4) * (1 + (k % 40) / 40))),
    );
    const { pivots, coefficients } = interpolateRows(family, 1e-12);
    expect(pivots.length).toBeLessThan(18);
    expectClose(multiply(coefficients, rowsAt(family, pivots)).data, family.data, within);
  });

  it("leaves rows that have nothing in common, or are too large to be near, as they are", () => {
    const unlike = gaussian(4, 30, createRandom(2));
    const large = matrix64(
      4,
      30,
      multiply(gaussian(4, 2, createRandom(3)), gaussian(2, 30, createRandom(4))).data.map((x) => 1e9 * x),
    );
    for (const rows of [unlike, large]) {
      const { pivots, coefficients } = interpolateRows(rows, 1e-12);
      expectClose(multiply(coefficients, rowsAt(rows, pivots)).data, rows.data, exact);
    }
  });

  it("gives a row of zeros no part", () => {
    const { pivots, coefficients } = interpolateRows(matrix64(2, 2, Float64Array.of(0, 0, 3, 4)), 1e-12);
    expect(pivots).toEqual([1]);
    expect([...coefficients.data]).toEqual([0, 1]);
  });
});
