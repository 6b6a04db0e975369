import { describe, expect, it } from "vitest";
import { fitLeastSquares, truncateRank } from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, expectClose, expectCloseTo } from "../close.js";
import { withSingularValues } from "../synthetic.js";
import { made } from "./fitted.js";

const engine = await chooseEngine();
const { moments } = await made({ seed: 1, count: 80, source: 6, target: 4, noise: 0.5 });
const fitted = await fitLeastSquares(moments, { engine });

describe("truncateRank", () => {
  it.each([1, 2, 3])("leaves out exactly the energy of the smaller singular values (rank %i)", async (rank) => {
    const values = [5, 3, 2, 1];
    const map = { ...fitted, weights: withSingularValues(6, 4, values, createRandom(1)) };
    const [cut] = await truncateRank(map, [rank], { engine });
    const error = cut.weights.data.reduce((sum, value, k) => sum + (value - map.weights.data[k]) ** 2, 0);
    const left = values.slice(rank).reduce((sum, value) => sum + value * value, 0);
    expectCloseTo(error, left, algebra);
    const kept = (await engine.svd(cut.weights)).values;
    expectClose(kept, [...values.slice(0, rank), 0, 0, 0].slice(0, 4), { ...conditioned(10), absolute: 1e-12 });
  });

  it("gives a map for each rank in the order asked for, the whole map at full rank", async () => {
    const maps = await truncateRank(fitted, [4, 1], { engine });
    expectClose(maps[0].weights.data, fitted.weights.data, conditioned(1e3));
    expect(maps.map(({ name, rank, parameterCount }) => [name, rank, parameterCount])).toEqual([
      ["least-squares-rank-4", 4, 28],
      ["least-squares-rank-1", 1, 13],
    ]);
    expect(maps[1]).toMatchObject({ identities: fitted.identities, trainResidual: null, sourceMean: fitted.sourceMean });
    expect(Object.isFrozen(maps[1])).toBe(true);
  });

  it("refuses ranks that the matrix cannot have", async () => {
    for (const rank of [0, 5, 1.5]) {
      await expect(truncateRank(fitted, [1, rank], { engine })).rejects.toThrow(
        new ValueError(`truncateRank: got rank ${rank} of a 6 × 4 map; give whole numbers from 1 to 4`),
      );
    }
    expect(await truncateRank({ ...fitted, weights: matrix64(6, 4) }, [], { engine })).toEqual([]);
  });
});
