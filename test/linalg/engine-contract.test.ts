import process from "node:process";
import { beforeAll, describe, expect, it, test } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, toFloat32, toFloat64, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine, describeEngines, type Engine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo, rounding32 } from "../close.js";
import { gaussian, multiply, orthonormal, transposed, withSingularValues } from "../synthetic.js";
import { expectOrthonormal, expectSigned, expectSvd, scaleColumns, traceOf } from "./expect-factors.js";

const reports = await describeEngines();
const names = reports.filter((entry) => entry.present).map((entry) => entry.name);
const sizes = [1, 2, 7, 64, 200];

const absent = reports.filter((entry) => !entry.present);
for (const { name, detail } of absent) process.stderr.write(`SKIPPED: tests on the engine ${name}: ${detail}\n`);
test.skip.each(absent)("engine $name is held to the contract; skipped, since: $detail", () => undefined);

describe.each(names)("engine %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await chooseEngine(name);
  });

  it("has the name it was asked for by", () => {
    expect(engine.name).toBe(name);
  });

  describe.each(sizes)("size %i", (size) => {
    it("multiplies with either side transposed", async () => {
      const random = createRandom(size);
      const left = gaussian(size, size + 3, random);
      const right = gaussian(size + 3, size + 1, random);
      const expected = multiply(left, right);
      const tolerance = conditioned(10 * size);
      expectClose((await engine.product(left, right)).data, expected.data, tolerance);
      expectClose((await engine.product(transposed(left), right, { transposeLeft: true })).data, expected.data, tolerance);
      expectClose((await engine.product(left, transposed(right), { transposeRight: true })).data, expected.data, tolerance);
      const both = await engine.product(transposed(left), transposed(right), { transposeLeft: true, transposeRight: true });
      expectClose(both.data, expected.data, tolerance);
    });

    it("multiplies float32 matrices into float32", async () => {
      const random = createRandom(size);
      const left = gaussian(size, 5, random);
      const right = gaussian(5, size, random);
      const product = await engine.product(toFloat32(left), toFloat32(right));
      expect(product.data).toBeInstanceOf(Float32Array);
      expectClose(product.data, multiply(left, right).data, { ...rounding32, relative: 2 ** -20 });
    });

    it("gives exactly symmetric Grams of columns and of rows", async () => {
      const rows = gaussian(size + 5, size, createRandom(size));
      const gram = await engine.gram(rows);
      expectClose(gram.data, transposed(gram).data, exact);
      expectClose(gram.data, multiply(transposed(rows), rows).data, conditioned(100));
      const ofRows = await engine.gram(rows, { ofRows: true });
      expectClose(ofRows.data, transposed(ofRows).data, exact);
      expectClose(ofRows.data, multiply(rows, transposed(rows)).data, conditioned(100));
      for (const ofRows of [false, true]) {
        const single = await engine.gram(toFloat32(rows), { ofRows });
        expect(single.data).toBeInstanceOf(Float32Array);
        expectClose(transposed(toFloat64(single)).data, single.data, exact);
        expectClose(single.data, (await engine.gram(rows, { ofRows })).data, { ...rounding32, relative: 2 ** -20 });
      }
    });

    it("takes a symmetric matrix apart into descending eigenvalues and orthonormal signed vectors", async () => {
      const drawn = gaussian(size, size, createRandom(size));
      const turned = transposed(drawn);
      const symmetric = matrix64(
        size,
        size,
        drawn.data.map((value, k) => value + turned.data[k]),
      );
      const { values, vectors } = await engine.eigh(symmetric);
      expect([...values]).toEqual([...values].sort((a, b) => b - a));
      expectOrthonormal(vectors);
      expectSigned(vectors);
      expectClose(multiply(scaleColumns(vectors, values), transposed(vectors)).data, symmetric.data, conditioned(1000));
    });

    it("takes square, tall and wide matrices apart into singular values", async () => {
      for (const [rows, columns] of [
        [size, size],
        [size + 9, size],
        [size, size + 9],
      ]) {
        await expectSvd(engine, gaussian(rows, columns, createRandom(size)));
      }
    });

    it("factors a positive definite matrix", async () => {
      const gram = await engine.gram(gaussian(2 * size + 4, size, createRandom(size)));
      const lower = await engine.cholesky(gram);
      for (let i = 0; i < size; i++)
        expectClose(lower.data.subarray(i * size + i + 1, (i + 1) * size), new Float64Array(size - i - 1), exact);
      expectClose(multiply(lower, transposed(lower)).data, gram.data, conditioned(100));
    });

    it("finds the isometry of a matrix with known factors", async () => {
      const random = createRandom(size);
      const isometry = orthonormal(size + 3, size, random);
      const stretch = await engine.gram(gaussian(size + 20, size, random));
      const { factor, nuclearNorm, rank } = await engine.polar(multiply(isometry, stretch));
      expect(rank).toBe(size);
      expectClose(factor.data, isometry.data, conditioned(1e4));
      expectCloseTo(nuclearNorm, traceOf(stretch), conditioned(1e3));
      const wide = await engine.polar(transposed(multiply(isometry, stretch)));
      expectClose(wide.factor.data, transposed(isometry).data, conditioned(1e4));
    });
  });

  it("leaves its arguments as they were", async () => {
    const matrix = await engine.gram(gaussian(30, 20, createRandom(3)));
    const before = matrix.data.slice();
    await engine.product(matrix, matrix, { transposeLeft: true });
    await engine.gram(matrix);
    await engine.eigh(matrix);
    await engine.svd(matrix);
    await engine.cholesky(matrix);
    await engine.polar(matrix);
    expectClose(matrix.data, before, exact);
  });

  it("gives the same bytes twice, in arrays of its own", async () => {
    const matrix = gaussian(70, 70, createRandom(4));
    const first = await engine.product(matrix, matrix);
    const kept = first.data.slice();
    const second = await engine.product(matrix, matrix);
    expect(second.data.buffer).not.toBe(first.data.buffer);
    second.data.fill(0);
    await engine.product(second, matrix);
    expectClose(first.data, kept, exact);
    const [one, other] = [await engine.svd(matrix), await engine.svd(matrix)];
    expectClose(one.left.data, other.left.data, exact);
  });

  it("reads the lower triangle alone in eigh and cholesky", async () => {
    const gram = await engine.gram(gaussian(30, 20, createRandom(5)));
    const torn = matrix64(20, 20, gram.data.slice());
    for (let i = 0; i < 20; i++) torn.data.fill(Number.NaN, i * 20 + i + 1, (i + 1) * 20);
    expectClose((await engine.eigh(torn)).values, (await engine.eigh(gram)).values, exact);
    expectClose((await engine.cholesky(torn)).data, (await engine.cholesky(gram)).data, exact);
  });

  it("accepts matrices without rows, columns or inner size", async () => {
    expect(await engine.product(matrix32(0, 3), matrix32(3, 2))).toEqual(matrix32(0, 2));
    expect(await engine.product(matrix64(2, 0), matrix64(0, 2))).toEqual(matrix64(2, 2));
    expect(await engine.gram(matrix64(0, 2))).toEqual(matrix64(2, 2));
    expect((await engine.eigh(matrix64(0, 0))).values).toHaveLength(0);
    expect((await engine.svd(matrix64(3, 0))).left).toEqual(matrix64(3, 0));
    expect((await engine.svd(matrix64(0, 3))).right).toEqual(matrix64(3, 0));
    expect((await engine.polar(matrix64(2, 0))).rank).toBe(0);
    expect((await engine.cholesky(matrix64(0, 0))).data).toHaveLength(0);
  });

  it("takes the zero matrix apart", async () => {
    await expectSvd(engine, matrix64(5, 3));
    expect(await engine.polar(matrix64(5, 3))).toEqual({ factor: matrix64(5, 3), nuclearNorm: 0, rank: 0 });
    expectClose((await engine.eigh(matrix64(3, 3))).values, [0, 0, 0], exact);
  });

  it("keeps singular factors orthonormal where values are zero or repeated, and over 14 decades", async () => {
    const random = createRandom(6);
    await expectSvd(engine, multiply(gaussian(60, 12, random), gaussian(12, 90, random)));
    await expectSvd(engine, matrix64(40, 30, new Float64Array(1200).fill(1)));
    await expectSvd(engine, orthonormal(50, 50, random));
    await expectSvd(engine, withSingularValues(40, 30, [3, 3, 3, 1e-7, 1e-7, 0, 0], random));
    const zeroColumns = gaussian(60, 60, random);
    for (let k = 0; k < 3600; k++) if (k % 60 > 20) zeroColumns.data[k] = 0;
    await expectSvd(engine, zeroColumns);
    const decades = Array.from({ length: 60 }, (_, i) => 10 ** (-i / 4));
    const graded = withSingularValues(60, 60, decades, random);
    await expectSvd(engine, graded);
    expectClose((await engine.svd(graded)).values, decades, { ...conditioned(1), absolute: 1e-14 });
  });

  it("survives entries near the ends of the number range", async () => {
    const random = createRandom(7);
    for (const scale of [1e-200, 1e150]) {
      const drawn = gaussian(20, 20, random);
      const scaled = matrix64(
        20,
        20,
        drawn.data.map((value) => value * scale),
      );
      expectClose((await engine.polar(scaled)).factor.data, (await engine.polar(drawn)).factor.data, conditioned(1e4));
      await expectSvd(engine, scaled);
    }
  });

  it("turns a rank-deficient matrix into the partial isometry of its rank", async () => {
    const random = createRandom(8);
    const left = orthonormal(50, 12, random);
    const right = orthonormal(40, 12, random);
    const values = Array.from({ length: 12 }, (_, i) => 2 ** -i);
    const stretched = scaleColumns(left, Float64Array.from(values));
    const { factor, nuclearNorm, rank } = await engine.polar(multiply(stretched, transposed(right)));
    expect(rank).toBe(12);
    expectClose(factor.data, multiply(left, transposed(right)).data, conditioned(1e5));
    expectCloseTo(nuclearNorm, 2 - 2 ** -11, conditioned(100));
  });

  it("counts singular values at least `tolerance` times the largest", async () => {
    const matrix = withSingularValues(30, 30, [4, 2, 1, 1e-2, 1e-4, 1e-6, 1e-11, 1e-15], createRandom(9));
    const rankAt = async (tolerance?: number): Promise<number> =>
      (await engine.polar(matrix, tolerance === undefined ? {} : { tolerance })).rank;
    expect(await rankAt()).toBe(7);
    expect(await rankAt(1e-6)).toBe(5);
    expect(await rankAt(2e-3)).toBe(4);
    expect(await rankAt(0.3)).toBe(2);
  });

  it("finds the eigenvalues of the second difference, 2 − 2 cos(k π / (n + 1))", async () => {
    const size = 150;
    const matrix = matrix64(size, size);
    for (let i = 0; i < size; i++) {
      matrix.data[i * size + i] = 2;
      if (i > 0) matrix.data[i * size + i - 1] = -1;
    }
    const expected = Float64Array.from({ length: size }, (_, k) => 2 - 2 * Math.cos(((size - k) * Math.PI) / (size + 1)));
    expectClose((await engine.eigh(matrix)).values, expected, conditioned(10));
  });

  it("keeps eigenvectors orthonormal where eigenvalues are repeated or pairwise close", async () => {
    const size = 121;
    const wilkinson = matrix64(size, size);
    const repeated = matrix64(size, size);
    for (let i = 0; i < size; i++) {
      wilkinson.data[i * size + i] = Math.abs(i - 60);
      if (i > 0) wilkinson.data[i * size + i - 1] = 1;
      for (let j = 0; j <= i; j++) repeated.data[i * size + j] = i === j ? 4 : 1;
    }
    expectOrthonormal((await engine.eigh(wilkinson)).vectors);
    const { values, vectors } = await engine.eigh(repeated);
    expectOrthonormal(vectors);
    expectClose(values, [size + 3, ...new Array<number>(size - 1).fill(3)], conditioned(100));
  });

  it("refuses values that are not finite", async () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const matrix = gaussian(4, 4, createRandom(10));
      matrix.data[9] = bad;
      for (const decompose of ["gram", "eigh", "svd", "cholesky", "polar"] as const) {
        await expect(engine[decompose](matrix), decompose).rejects.toThrow(
          `${decompose}: row 2, column 1 is ${bad}; every value must be finite`,
        );
      }
    }
  });

  it("lays a product in memory that is given for it, and the same numbers", async () => {
    const [left, right] = [gaussian(5, 4, createRandom(11)), gaussian(4, 3, createRandom(12))];
    for (const convert of [toFloat64, toFloat32] as const) {
      const [one, other] = [convert(left), convert(right)] as [Matrix64, Matrix64];
      const into = convert(matrix64(1, 17, new Float64Array(17).fill(7))).data;
      const product = await engine.product(one, other, { into });
      expect(product.data.buffer).toBe(into.buffer);
      expectClose(product.data, (await engine.product(one, other)).data, exact);
      expectClose(into.subarray(15), [7, 7], exact);
    }
    const into = new Float64Array(4).fill(7);
    expectClose((await engine.product(matrix64(2, 0), matrix64(0, 2), { into })).data, [0, 0, 0, 0], exact);
    await expect(engine.product(left, right, { into: new Float64Array(14) })).rejects.toThrow(
      new ShapeError("product: got memory for 14 values of 64 bits; the result is 5 × 3 of 64 bits"),
    );
    await expect(engine.product(left, right, { into: new Float32Array(15) })).rejects.toThrow(
      new ShapeError("product: got memory for 15 values of 32 bits; the result is 5 × 3 of 64 bits"),
    );
  });

  it("refuses shapes that do not fit", async () => {
    await expect(engine.product(matrix64(2, 3), matrix64(2, 3))).rejects.toThrow(
      new ShapeError("product: got 2 × 3 and 2 × 3; the inner sizes 3 and 2 must agree, so check transposeLeft and transposeRight"),
    );
    await expect(engine.product<ReturnType<typeof matrix32> | Matrix64>(matrix64(2, 2), matrix32(2, 2))).rejects.toThrow(
      /^product: got 2 × 2 and 2 × 2 in different widths; both must be float32 or both float64/,
    );
    await expect(engine.eigh(matrix64(2, 3))).rejects.toThrow(/^eigh: got a 2 × 3 matrix; it must be square and symmetric/);
    await expect(engine.cholesky(matrix64(2, 3))).rejects.toThrow(/^cholesky: got a 2 × 3 matrix; it must be square/);
  });

  it("refuses to factor what is not positive definite", async () => {
    await expect(engine.cholesky(matrix64(2, 2, Float64Array.of(1, 2, 2, 1)))).rejects.toThrow(
      new ValueError("cholesky: pivot 1 of 2 is -3; the matrix must be positive definite, so add to its diagonal or use eigh"),
    );
    const deficient = await engine.gram(gaussian(5, 20, createRandom(11)));
    await expect(engine.cholesky(deficient)).rejects.toThrow(/must be positive definite/);
  });

  it("refuses a tolerance outside (0, 1)", async () => {
    for (const tolerance of [0, 1, -1, NaN]) {
      await expect(engine.polar(matrix64(2, 2), { tolerance })).rejects.toThrow(
        `polar: tolerance is ${tolerance}; it must lie between 0 and 1, as a share of the largest singular value`,
      );
    }
  });

  it("stops when it is told to before or during the work", async () => {
    const matrix = gaussian(300, 300, createRandom(12));
    for (const decompose of ["gram", "eigh", "svd", "cholesky", "polar"] as const) {
      await expect(engine[decompose](matrix, { signal: AbortSignal.abort() }), decompose).rejects.toMatchObject({ name: "AbortError" });
    }
    const controller = new AbortController();
    const work = engine.eigh(await engine.gram(gaussian(700, 700, createRandom(13))), { signal: controller.signal });
    setImmediate(() => {
      controller.abort();
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });
});
