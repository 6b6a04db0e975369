import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, stackRows, takeRows, toFloat32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom, type Random } from "../../lib/core/random.js";
import { dimensionByCount, estimateDimension, oneRowPerIdentity } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { exact, expectClose } from "../close.js";
import { gaussian, multiply, orthonormal, transposed } from "../synthetic.js";

const engine = await chooseEngine();

describe("estimateDimension", () => {
  it.each([1])("finds 5 in a cube of 5 dimensions within 512 (seed %i)", async (seed) => {
    const random = createRandom(seed);
    const cube = matrix64(
      2500,
      5,
      Float64Array.from({ length: 2500 * 5 }, () => random.uniform()),
    );
    const { likelihood, regression } = await estimateDimension(toFloat32(multiply(cube, transposed(orthonormal(512, 5, random)))), {
      engine,
    });
    // The standard error is 5/√2500 = 0.1; points at the faces of the cube, which see half of it, take off some 0.2.
    expect(Math.abs(likelihood - 4.8)).toBeLessThan(0.5);
    expect(Math.abs(regression - 4.8)).toBeLessThan(0.6);
  });

  it.each([3])("finds 2 on a sphere, which has no edge (seed %i)", async (seed) => {
    const { likelihood, regression } = await estimateDimension(sphere(3000, createRandom(seed)), { engine });
    expect(Math.abs(likelihood - 2)).toBeLessThan((5 * 2) / Math.sqrt(3000));
    expect(Math.abs(regression - 2)).toBeLessThan((6 * 2) / Math.sqrt(3000));
  });

  it("counts rows of the same values once", async () => {
    const rows = sphere(400, createRandom(5));
    rows.data.set([0, 0, 1, -0, 0, 1], 0); // −0 is 0
    const once = await estimateDimension(
      takeRows(
        rows,
        Array.from({ length: 399 }, (_, i) => i + 1),
      ),
      { engine },
    );
    const twice = await estimateDimension(stackRows([rows, rows]), { engine });
    expect(twice).toEqual({ ...once, duplicateCount: 401 });
  });

  it("does not see rotation, shift and scale", async () => {
    const random = createRandom(6);
    const rows = gaussian(300, 4, random);
    const turned = multiply(rows, orthonormal(4, 4, random));
    const moved = matrix32(
      300,
      4,
      Float32Array.from(turned.data, (value) => 3 + 8 * value),
    );
    const before = await estimateDimension(toFloat32(rows), { engine });
    const after = await estimateDimension(moved, { engine });
    // Rows are rounded to float32 again.
    expect(Math.abs(after.likelihood - before.likelihood)).toBeLessThan(1e-3);
  });

  it("refuses clouds in which two neighbours mean nothing", async () => {
    const same = matrix32(
      6,
      2,
      Float32Array.from({ length: 12 }, (_, k) => (k % 4 < 2 ? 1 : 2)),
    );
    await expect(estimateDimension(same, { engine })).rejects.toThrow(
      new ValueError("estimateDimension: 2 of 6 rows are distinct; two neighbours need at least three"),
    );
    const corners = matrix32(
      5,
      5,
      Float32Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? 1 : 0)),
    );
    await expect(estimateDimension(corners, { engine })).rejects.toThrow(
      new ValueError(
        "estimateDimension: of 5 distinct rows the two nearest neighbours are as near, or too near to tell; give rows that lie irregularly",
      ),
    );
    await expect(estimateDimension(matrix32(4, 1, Float32Array.of(1, 2, Infinity, 3)), { engine })).rejects.toThrow(
      "estimateDimension: row 2, column 0 is Infinity",
    );
  });
});

describe("dimensionByCount", () => {
  it("stays the same on a sphere, whose parts are a half and a quarter of the rows", async () => {
    const levels = await dimensionByCount(sphere(2000, createRandom(7)), { random: createRandom(0), leastCount: 500, engine });
    expect(levels.map(({ count, partCount }) => [count, partCount])).toEqual([
      [2000, 1],
      [1000, 2],
      [500, 4],
    ]);
    for (const { count, partCount, likelihood } of levels) expect(Math.abs(likelihood - 2)).toBeLessThan(10 / Math.sqrt(count * partCount));
    expect(levels[0].likelihoodDeviation).toBe(0);
    expect(levels[2].likelihoodDeviation).toBeGreaterThan(0);
  });

  it("falls with the rows of a line in noise, which is no dimension of its own", async () => {
    const random = createRandom(8);
    const rows = matrix32(
      2000,
      10,
      Float32Array.from({ length: 20_000 }, (_, k) => (k % 10 === 0 ? 100 * random.uniform() : 0.02 * random.normal())),
    );
    const levels = await dimensionByCount(rows, { random: createRandom(0), leastCount: 100, engine });
    const [all, few] = [levels[0].likelihood, levels.at(-1)!.likelihood];
    expect(all).toBeGreaterThan(1.5);
    expect(few).toBeLessThan(all - 0.3);
  });

  it("tells the dimension of people from that within a person", async () => {
    const random = createRandom(9);
    const [people, images] = [600, 4];
    const centres = gaussian(people, 6, random);
    const rows = matrix32(
      people * images,
      6,
      Float32Array.from({ length: people * images * 6 }, (_, k) => {
        const column = k % 6;
        return centres.data[Math.floor(k / 6 / images) * 6 + column] + (column === 0 ? 1e-3 * random.normal() : 0);
      }),
    );
    const identities = Array.from({ length: people * images }, (_, i) => `made/${Math.floor(i / images)}`);
    const [within] = await dimensionByCount(rows, { random: createRandom(0), engine });
    const [between] = await dimensionByCount(rows, { random: createRandom(0), identities, engine });
    expect(within.count).toBe(2400);
    expect(within.likelihood).toBeLessThan(1.5);
    expect(between.count).toBe(600);
    expect(between.likelihood).toBeGreaterThan(4.5);
  });

  it("gives the same again from the same seed", async () => {
    const rows = sphere(300, createRandom(10));
    const run = (seed: number): ReturnType<typeof dimensionByCount> => dimensionByCount(rows, { random: createRandom(seed), engine });
    expect(await run(1)).toEqual(await run(1));
    expect((await run(2))[1]).not.toEqual((await run(1))[1]);
  });

  it("refuses bounds that are none, and identities of other rows", async () => {
    const rows = sphere(20, createRandom(11));
    const random = createRandom(0);
    await expect(dimensionByCount(rows, { random, engine, leastCount: 2 })).rejects.toThrow(
      new ValueError("dimensionByCount: leastCount is 2; it must be a whole number of rows, at least 3"),
    );
    await expect(dimensionByCount(rows, { random, engine, partCount: 0 })).rejects.toThrow(
      new ValueError("dimensionByCount: partCount is 0; it must be a whole number of parts, at least 1"),
    );
    await expect(dimensionByCount(rows, { random, engine, identities: ["a"] })).rejects.toThrow(
      new ShapeError("dimensionByCount: got 20 rows and 1 identities; pass the identity of every row"),
    );
  });
});

describe("oneRowPerIdentity", () => {
  it("draws one row of each, any of them", () => {
    const random = createRandom(12);
    const seen = new Set<number>();
    for (let draw = 0; draw < 50; draw++) {
      const rows = oneRowPerIdentity(["a", "b", "a", "c", "a"], random);
      expect(rows.length).toBe(3);
      expectClose(rows.slice().sort(), rows, exact);
      for (const row of rows) seen.add(row);
    }
    expect(seen.size).toBe(5);
  });
});

function sphere(count: number, random: Random): Matrix32 {
  const rows = gaussian(count, 3, random);
  return matrix32(
    count,
    3,
    Float32Array.from(rows.data, (value, k) => {
      const first = k - (k % 3);
      return value / Math.hypot(rows.data[first], rows.data[first + 1], rows.data[first + 2]);
    }),
  );
}
