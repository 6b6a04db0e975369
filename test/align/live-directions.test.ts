import { describe, expect, it } from "vitest";
import { computeCloud, liveDirections, type CloudMoments } from "../../lib/align/index.js";
import { freezeCloud } from "../../lib/align/cloud.js";
import { takeRows, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, expectClose } from "../close.js";
import { cloudPair, multiply, transposed, withSingularValues } from "../synthetic.js";

const engine = await chooseEngine();

describe("liveDirections of fewer rows than columns", () => {
  it("are those of the Gram, to their signs, and keep the rows for it", async () => {
    const { source, identities } = cloudPair({ seed: 1, count: 20, source: 32, target: 2 });
    const cloud = await computeCloud(source, identities, { engine });
    expect([cloud.rows?.rows, cloud.rows?.columns]).toEqual([20, 32]);
    const short = await liveDirections(cloud, { engine });
    const long = await liveDirections({ ...cloud, rows: null }, { engine });
    expect([short.rank, long.rank]).toEqual([19, 19]);
    expectClose(short.values, long.values, conditioned(1e3));
    expectClose(short.vectors.data, long.vectors.data, conditioned(1e5));
  });

  it("leave out what repeated rows do not span", async () => {
    const { source, identities } = cloudPair({ seed: 2, count: 12, source: 32, target: 2 });
    const rows = Array.from({ length: 24 }, (_, i) => i % 12);
    const cloud = await computeCloud(
      takeRows(source, rows),
      rows.map((i) => identities[i]),
      { engine },
    );
    expect((await liveDirections(cloud, { engine })).rank).toBe(11);
  });

  it("keep their digits where the smallest is 1e-5 of the largest", async () => {
    const extents = Array.from({ length: 16 }, (_, i) => 10 ** (-i / 3));
    const cloud = cloudOf(withSingularValues(16, 40, extents, createRandom(3)));
    const { rank, values, vectors } = await liveDirections(cloud, { engine });
    expect(rank).toBe(16);
    extents.forEach((extent, i) => {
      expectClose([Math.sqrt(values[i])], [extent], conditioned(100 / extent));
    });
    const unit = Float64Array.from({ length: 256 }, (_, k) => (k % 17 === 0 ? 1 : 0));
    expectClose(multiply(transposed(vectors), vectors).data, unit, conditioned(1e3));
  });
});

describe("a cloud of as many rows as columns", () => {
  it("keeps its Gram alone", async () => {
    const { source, identities } = cloudPair({ seed: 4, count: 32, source: 32, target: 2 });
    expect((await computeCloud(source, identities, { engine })).rows).toBeNull();
  });
});

function cloudOf(rows: Matrix64): CloudMoments {
  const gram = multiply(transposed(rows), rows);
  return freezeCloud({ count: rows.rows, mean: new Float64Array(rows.columns), gram, rows, identities: new Set(["a"]) });
}
