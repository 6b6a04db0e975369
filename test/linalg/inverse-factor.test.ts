import { describe, expect, it } from "vitest";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { inverseFactor } from "../../lib/linalg/inverse-factor.js";
import { createOnnxProduct } from "../../lib/linalg/onnx-product.js";
import { rowGram } from "../../lib/linalg/row-gram.js";
import { mirrorLowerInto, transpose } from "../../lib/linalg/transpose.js";
import { conditioned, exact, expectClose } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";

const product = createOnnxProduct();

describe("inverseFactor", () => {
  it.each([1, 48, 49, 150])("inverts the lower factor of a matrix of size %i", async (size) => {
    const rows = gaussian(size, 2 * size + 3, createRandom(size));
    const symmetric = await rowGram(rows, product);
    const inverse = (await inverseFactor(symmetric, product))!;
    const unit = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
    expectClose(multiply(multiply(inverse, symmetric), transposed(inverse)).data, unit, conditioned(1e4));
    for (let i = 0; i < size; i++)
      expectClose(inverse.data.subarray(i * size + i + 1, (i + 1) * size), new Float64Array(size - i - 1), exact);
  });

  it("has none for a matrix that is not positive definite", async () => {
    expect(await inverseFactor(matrix64(2, 2, Float64Array.of(1, 2, 2, 1)), product)).toBeNull();
    const flat = await rowGram(gaussian(120, 60, createRandom(1)), product);
    const inverse = await inverseFactor(flat, product);
    // Rounding may leave a pivot, but then one that no eigenvalue bound of any use comes from.
    expect(inverse === null || Math.max(...inverse.data.map(Math.abs)) > 1e5).toBe(true);
  });
});

describe("rowGram", () => {
  it.each([
    [5, 3],
    [300, 40],
  ])("is X Xᵀ of %i × %i rows, exactly symmetric", async (rows, columns) => {
    const drawn = gaussian(rows, columns, createRandom(rows));
    const gram = await rowGram(drawn, product);
    expectClose(gram.data, multiply(drawn, transposed(drawn)).data, conditioned(100));
    expectClose(transpose(gram).data, gram.data, exact);
  });
});

describe("transpose", () => {
  it.each([
    [1, 5],
    [33, 70],
    [64, 32],
  ])("turns %i × %i round", (rows, columns) => {
    const drawn = gaussian(rows, columns, createRandom(rows));
    expectClose(transpose(drawn).data, transposed(drawn).data, exact);
  });

  it("mirrors what is below the diagonal", () => {
    const square = gaussian(70, 70, createRandom(5));
    const data = square.data.slice();
    mirrorLowerInto(data, 70);
    for (let i = 0; i < 70; i++) {
      for (let j = 0; j < 70; j++) expect(data[i * 70 + j]).toBe(square.data[Math.max(i, j) * 70 + Math.min(i, j)]);
    }
  });
});
