import { describe, expect, it } from "vitest";
import { applyMap, fitUnpaired, type UnpairedRows } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows, toFloat32, toFloat64, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom, permutation, type Random } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { multiply, orthonormal } from "../synthetic.js";

const engine = await chooseEngine();
const count = 240;

/** People of unequal spread around unequal centres: no direction and no person is like another. */
function cloud(random: Random, width = 12): Matrix32 {
  const rows = matrix32(count, width);
  for (let i = 0, k = 0; i < count; i++) {
    if (i % 4 === 0) for (let j = 0; j < width; j++) rows.data[i * width + j] = random.normal() / (1 + j / 4) + (j === 0 ? 0.3 : 0);
    for (let j = 0; j < width; j++, k++) rows.data[k] = rows.data[(i - (i % 4)) * width + j] + 0.25 * random.normal();
  }
  return rows;
}

/** The cloud turned into a wider space, moved and a little noisy, with its rows in another order. */
function turned(rows: Matrix32, random: Random): { readonly target: Matrix32; readonly order: Int32Array } {
  const seen = multiply(toFloat64(rows), toFloat64(toFloat32(orthonormalRows(rows.columns, 16, random))));
  const moved = matrix32(
    count,
    16,
    Float32Array.from(seen.data, (value, k) => value + 0.1 * (k % 16) + 0.02 * random.normal()),
  );
  const order = permutation(count, random);
  return { target: takeRows(moved, order), order };
}

function orthonormalRows(rows: number, columns: number, random: Random): ReturnType<typeof orthonormal> {
  const tall = orthonormal(columns, rows, random);
  return {
    rows,
    columns,
    data: Float64Array.from({ length: rows * columns }, (_, k) => tall.data[(k % columns) * rows + Math.floor(k / columns)]),
  };
}

const names = (prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${Math.floor(i / 4)}`);
const unpaired = (source: Matrix32, target: Matrix32): UnpairedRows => {
  return { source, target, sourceIdentities: names("one"), targetIdentities: names("other") };
};

describe("fitUnpaired", () => {
  it.each([1, 2, 3])("finds the rotation between two clouds of the same images that nobody has paired (seed %i)", async (seed) => {
    const random = createRandom(seed);
    const source = cloud(random);
    const { target, order } = turned(source, random);
    const { map, pairs, agreement } = await fitUnpaired(unpaired(source, target), { engine });
    const right = pairs.source.filter((row, i) => order[pairs.target[i]] === row).length;
    expect(right / count).toBeGreaterThan(0.95);
    expect(agreement).toBeGreaterThan(0.9);
    const mapped = await applyMap(map, takeRows(source, order), { frame: "raw", engine });
    const error = mapped.data.reduce((sum, value, k) => sum + (value - target.data[k]) ** 2, 0) / mapped.data.length;
    expect(error).toBeLessThan(4 * 0.02 ** 2);
  });

  it("knows the people of both sides, and is the same again", async () => {
    const random = createRandom(4);
    const source = cloud(random);
    const { target } = turned(source, random);
    const [one, again] = [await fitUnpaired(unpaired(source, target), { engine }), await fitUnpaired(unpaired(source, target), { engine })];
    expect(one.map.identities).toHaveLength(120);
    expect([one.map.name, one.map.trainCount]).toEqual(["unpaired", one.pairs.source.length]);
    expect(again).toEqual(one);
  });

  it("finds nothing between clouds of other people, whatever their agreement", async () => {
    const random = createRandom(5);
    const source = cloud(random);
    const stranger = turned(cloud(random), random);
    const { pairs } = await fitUnpaired(unpaired(source, stranger.target), { engine });
    const right = pairs.source.filter((row, i) => Math.floor(stranger.order[pairs.target[i]] / 4) === Math.floor(row / 4)).length;
    expect(right / pairs.source.length).toBeLessThan(0.1);
  });

  it("says what it needs", async () => {
    const rows = cloud(createRandom(6));
    const fewer = takeRows(rows, [0, 1, 2]);
    await expect(fitUnpaired(unpaired(rows, fewer), { engine })).rejects.toThrow(ShapeError);
    await expect(fitUnpaired(unpaired(rows, fewer), { engine })).rejects.toThrow(
      "fitUnpaired: got 240 source rows and 3 target rows; take as many of both networks",
    );
    await expect(fitUnpaired(unpaired(fewer, fewer), { engine })).rejects.toThrow(ValueError);
    await expect(fitUnpaired(unpaired(fewer, fewer), { engine })).rejects.toThrow(
      "fitUnpaired: got 3 rows, 10 neighbours and 64 directions; it needs more rows than neighbours, and at least one of each",
    );
  });
});
