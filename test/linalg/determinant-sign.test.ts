import { describe, expect, it } from "vitest";
import { ShapeError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { determinantSign } from "../../lib/linalg/determinant-sign.js";
import { orthonormal } from "../synthetic.js";

describe("determinantSign", () => {
  it.each([
    [[3, 1, 1, 2], 1],
    [[0, 1, 1, 0], -1],
    [[-2, 0, 0, -5], 1],
    [[1, 2, 2, 4], 0],
    [[0, 0, 0, 0], 0],
  ])("of %j is %i", async (entries, sign) => {
    expect(await determinantSign(matrix64(2, 2, Float64Array.from(entries)))).toBe(sign);
  });

  it.each([2, 5, 40])("changes with each column that is turned round (size %i)", async (size) => {
    const matrix = orthonormal(size, size, createRandom(size));
    const before = matrix.data.slice();
    const sign = await determinantSign(matrix);
    expect(matrix.data).toEqual(before);
    const turned = matrix64(
      size,
      size,
      before.map((value, k) => (k % size === 1 ? -value : value)),
    );
    expect(await determinantSign(turned)).toBe(-sign);
  });

  it("refuses what is not square or not finite, and stops at an abort", async () => {
    await expect(determinantSign(matrix64(2, 3))).rejects.toThrow(
      new ShapeError("determinantSign: got a 2 × 3 matrix; only a square one has a determinant"),
    );
    await expect(determinantSign(matrix64(1, 1, Float64Array.of(NaN)))).rejects.toThrow(/^determinantSign: row 0, column 0 is NaN/);
    await expect(determinantSign(matrix64(1, 1), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});
