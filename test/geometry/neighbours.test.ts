import { describe, expect, it } from "vitest";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { ValueError } from "../../lib/core/errors.js";
import { findNeighbours, type Nearness } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, exact, expectClose } from "../close.js";

const engine = await chooseEngine();

describe("findNeighbours", () => {
  it.each([
    ["cosine", 1],
    ["euclidean", 2],
  ] as const)("finds what the scores of all pairs say, over several blocks of rows (%s, seed %i)", async (nearness, seed) => {
    const rows = gaussianRows(1100, 6, seed);
    await expectPlain(rows, 4, nearness);
  });

  it.each(["cosine", "euclidean"] as const)(
    "takes equal rows in the order of their indices, however many there are (%s)",
    async (nearness) => {
      const once = gaussianRows(9, 24, 5);
      const rows = matrix32(
        180,
        24,
        Float32Array.from({ length: 180 * 24 }, (_, k) => once.data[k % (9 * 24)]),
      );
      const { indices, values } = await findNeighbours(rows, 3, { engine, nearness });
      expectClose(indices.subarray(0, 3), [9, 18, 27], exact);
      expectClose(indices.subarray(3 * 20, 3 * 21), [2, 11, 29], exact);
      expectClose(values.subarray(0, 3), nearness === "cosine" ? [1, 1, 1] : [0, 0, 0], algebra);
      await expectPlain(rows, 3, nearness);
    },
  );

  it.each(["cosine", "euclidean"] as const)("tells rows apart that float32 products cannot (%s)", async (nearness) => {
    const random = createRandom(6);
    const centres = gaussianRows(2, 128, 7);
    const rows = matrix32(
      300,
      128,
      Float32Array.from({ length: 300 * 128 }, (_, k) => centres.data[k % 256] + 1e-5 * random.normal()),
    );
    await expectPlain(rows, 2, nearness);
  });

  it("finds neighbours of rows far from the origin, and of tiny ones", async () => {
    const rows = gaussianRows(200, 5, 8);
    const moved = matrix32(
      200,
      5,
      rows.data.map((value) => 1e4 + value),
    );
    const tiny = matrix32(
      200,
      5,
      rows.data.map((value) => 1e-25 * value),
    );
    await expectPlain(moved, 3, "euclidean");
    const { indices } = await findNeighbours(rows, 3, { engine });
    expectClose((await findNeighbours(tiny, 3, { engine })).indices, indices, exact);
  });

  it("leaves its argument as it is, and stops when asked to", async () => {
    const rows = gaussianRows(50, 4, 9);
    const before = rows.data.slice();
    await findNeighbours(rows, 2, { engine });
    expectClose(rows.data, before, exact);
    await expect(findNeighbours(rows, 2, { engine, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses counts that rows do not have, and rows without a direction", async () => {
    const rows = gaussianRows(5, 3, 10);
    for (const count of [0, 5, 1.5, NaN]) {
      await expect(findNeighbours(rows, count, { engine })).rejects.toThrow(
        new ValueError(`findNeighbours: got ${count} neighbours and 5 rows; ask for 1 or more, and fewer than there are rows`),
      );
    }
    const zero = matrix32(5, 3, rows.data.slice().fill(0, 3, 6));
    await expect(findNeighbours(zero, 2, { engine })).rejects.toThrow(
      new ValueError("findNeighbours: row 1 has zero length; it has no cosine, so leave it out"),
    );
    expect((await findNeighbours(zero, 2, { engine, nearness: "euclidean" })).count).toBe(2);
    await expect(findNeighbours(matrix32(5, 3, rows.data.slice().fill(NaN, 7, 8)), 2, { engine })).rejects.toThrow(
      "findNeighbours: row 2, column 1 is NaN",
    );
  });
});

async function expectPlain(rows: Matrix32, count: number, nearness: Nearness): Promise<void> {
  const { indices, values } = await findNeighbours(rows, count, { engine, nearness });
  const wanted = plainNeighbours(rows, count, nearness);
  expectClose(indices, wanted.indices, exact);
  expectClose(values, wanted.values, algebra);
}

/** By the definition: all scores of a row in float64, the largest of them again and again; the first of equal ones. */
function plainNeighbours({ rows, columns, data }: Matrix32, count: number, nearness: Nearness): { indices: number[]; values: number[] } {
  const sum = (i: number, j: number, term: (x: number, y: number) => number): number => {
    let total = 0;
    for (let k = 0; k < columns; k++) total += term(data[i * columns + k], data[j * columns + k]);
    return total;
  };
  const norms = Array.from({ length: rows }, (_, i) => Math.sqrt(sum(i, i, (x, y) => x * y)));
  const score = (i: number, j: number): number =>
    nearness === "cosine" ? Math.min(1, sum(i, j, (x, y) => x * y) / (norms[i] * norms[j])) : -Math.sqrt(sum(i, j, (x, y) => (x - y) ** 2));
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < rows; i++) {
    const scores = Float64Array.from({ length: rows }, (_, j) => (j === i ? -Infinity : score(i, j)));
    for (let place = 0; place < count; place++) {
      const best = scores.reduce((first, value, j) => (value > scores[first] ? j : first), 0);
      indices.push(best);
      values.push(nearness === "cosine" ? scores[best] : -scores[best]);
      scores[best] = -Infinity;
    }
  }
  return { indices, values };
}

function gaussianRows(rows: number, columns: number, seed: number): Matrix32 {
  const random = createRandom(seed);
  return matrix32(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => random.normal()),
  );
}
