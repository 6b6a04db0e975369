import { beforeAll, describe, expect, test } from "vitest";
import { DataError, ValueError } from "../../lib/core/errors.js";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { packEmbeddings, unpackEmbeddings } from "../../lib/data/pack-coding.js";
import { chooseEngine, type Engine } from "../../lib/linalg/index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await chooseEngine();
});

/** n rows that fill `rank` of d directions, with a mean and energies that fall by `decay` a direction. */
function cloud(rows: number, columns: number, rank: number, decay: number, seed: number): Matrix32 {
  const random = createRandom(seed);
  const directions = Float64Array.from({ length: rank * columns }, () => random.normal());
  const points = matrix32(rows, columns);
  for (let i = 0; i < rows; i++) {
    points.data.fill(0.5, i * columns, (i + 1) * columns);
    for (let k = 0; k < rank; k++) {
      const weight = random.normal() * decay ** k;
      for (let j = 0; j < columns; j++) points.data[i * columns + j] += weight * directions[k * columns + j];
    }
  }
  return points;
}

function worstCosine(one: Matrix32, other: Matrix32, mean: ArrayLike<number>): number {
  let worst = 1;
  for (let i = 0; i < one.rows; i++) {
    let [dot, left, right] = [0, 0, 0];
    for (let j = 0; j < one.columns; j++) {
      const a = one.data[i * one.columns + j] - mean[j];
      const b = other.data[i * one.columns + j] - mean[j];
      dot += a * b;
      left += a * a;
      right += b * b;
    }
    worst = Math.min(worst, dot / Math.sqrt(left * right));
  }
  return worst;
}

describe.each([
  { name: "a full cloud", rows: 300, columns: 64, rank: 64, decay: 0.97 },
  { name: "a cloud that leaves directions empty", rows: 300, columns: 64, rank: 20, decay: 0.9 },
  { name: "fewer rows than columns", rows: 20, columns: 64, rank: 64, decay: 0.97 },
  { name: "one direction", rows: 50, columns: 8, rank: 1, decay: 1 },
])("$name", ({ rows, columns, rank, decay }) => {
  const points = cloud(rows, columns, rank, decay, 5);

  test("keeps each row's cosine at .9999, and .999 about the mean (seed 5)", async () => {
    const packed = await packEmbeddings(points, { engine });
    const back = await unpackEmbeddings(packed, { engine });
    expect(worstCosine(points, back, new Float32Array(columns))).toBeGreaterThanOrEqual(0.9999);
    expect(worstCosine(points, back, packed.mean)).toBeGreaterThanOrEqual(0.999);
  });

  test("keeps empty directions empty", async () => {
    const { step } = await packEmbeddings(points, { engine });
    expect(step.length).toBe(Math.min(rank, rows - 1, columns));
  });
});

test("takes under 7 bits a value where every direction is equally wide", async () => {
  const points = cloud(2000, 32, 32, 1, 6);
  const { codes } = await packEmbeddings(points, { engine });
  expect((codes.length * 8) / (2000 * 32)).toBeLessThan(7);
});

test("gives the same bytes each time", async () => {
  const points = cloud(100, 16, 16, 0.9, 7);
  expect(await packEmbeddings(points, { engine })).toEqual(await packEmbeddings(points, { engine }));
});

test("keeps a row that equals the mean", async () => {
  const points = matrix32(3, 2, Float32Array.from([1, 1, 2, 3, 0, -1]));
  const back = await unpackEmbeddings(await packEmbeddings(points, { engine }), { engine });
  expect(Math.abs(back.data[0] - 1)).toBeLessThan(1e-3);
});

test("refuses rows that are all the same, and values that are not finite", async () => {
  const same = matrix32(3, 2, new Float32Array(6).fill(1));
  await expect(packEmbeddings(same, { engine })).rejects.toThrow(
    new DataError("packEmbeddings: all 3 rows are the same; there is nothing to code"),
  );
  const broken = matrix32(1, 2, Float32Array.from([1, NaN]));
  await expect(packEmbeddings(broken, { engine })).rejects.toThrow(ValueError);
});

test("refuses a row of zeros, and one that is too short to be coded beside the others (seed 8)", async () => {
  const points = cloud(200, 16, 16, 0.9, 8);
  const scaled = (factor: number): typeof points => ({
    ...points,
    data: points.data.map((value, at) => (at < 16 ? value * factor : value)),
  });
  await expect(packEmbeddings(scaled(0), { engine })).rejects.toThrow(
    "packEmbeddings: row 0 is zero and has no direction to keep; leave its image out",
  );
  await expect(packEmbeddings(scaled(1e-6), { engine })).rejects.toThrow(
    "packEmbeddings: row 0 is too short beside the others to be coded with them; normalise the rows, or leave it out",
  );
});

test("says so when codes are damaged or cut short", async () => {
  const packed = await packEmbeddings(cloud(100, 16, 16, 0.9, 7), { engine });
  await expect(unpackEmbeddings({ ...packed, codes: packed.codes.slice(0, 40) }, { engine })).rejects.toThrow(
    /do not inflate .*; get the file again/,
  );
  await expect(unpackEmbeddings({ ...packed, rows: 101 }, { engine })).rejects.toThrow(
    "unpackEmbeddings: got 1600 bytes of codes, need 1616; get the file again",
  );
});
