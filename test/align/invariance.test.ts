import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMoments,
  computeMoments,
  fitCca,
  fitDiagonalScale,
  fitLeastSquares,
  fitLinear,
  fitLowRank,
  fitPartialWhitening,
  fitProcrustes,
  fitRidge,
  zeroPad,
  type Moments,
} from "../../lib/align/index.js";
import { matrix32, matrix64, takeRows, type Matrix32, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, expectClose, isClose } from "../close.js";
import { cloudPair, multiply, orthonormal } from "../synthetic.js";

const engine = await chooseEngine();
const runs = { numRuns: 12, seed: 0 };
const [p, q] = [6, 5];
/** Rotated rows are rounded to float32 again. */
const rounded = { ...conditioned(1), absolute: 1e-5 };

const solvers = {
  "least squares": (moments: Moments) => fitLeastSquares(moments, { engine }),
  ridge: (moments: Moments) => fitRidge(moments, { ratio: 0.1, engine }),
  "the rotation": (moments: Moments) => fitProcrustes(moments, { engine }),
  "the rotation with scales": (moments: Moments) => fitDiagonalScale(moments, { engine }),
  "the map of rank 3": (moments: Moments) => fitLowRank(moments, { rank: 3, engine }),
  CCA: async (moments: Moments) => (await fitCca(moments, { engine })).map,
  "partial whitening": (moments: Moments) => fitPartialWhitening(moments, { alpha: 0.5, engine }),
};

describe.each(Object.entries(solvers))("%s", (_, fit) => {
  it("turns with the source and moves with the offsets", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const { source, target, identities } = cloudPair({ seed, count: 60, source: p, target: q, noise: 0.5 });
        const turn = orthonormal(p, p, createRandom(seed + 1));
        const turned = shifted(rotated(source, turn), 3);
        const before = await fit(await computeMoments(source, target, identities, { engine }));
        const after = await fit(await computeMoments(turned, shifted(target, -2), identities, { engine }));
        expectClose(multiply(turn, after.weights).data, before.weights.data, rounded);
      }),
      runs,
    );
  });
});

describe("fitLinear", () => {
  it("turns with the source, but does not move with offsets: it has none", async () => {
    const { source, target, identities } = cloudPair({ seed: 4, count: 60, source: p, target: q, noise: 0.5 });
    const turn = orthonormal(p, p, createRandom(5));
    const fit = async (from: Matrix32, to: Matrix32): Promise<Matrix64> =>
      (await fitLinear(await computeMoments(from, to, identities, { engine }), { engine })).weights;
    const before = await fit(source, target);
    expectClose(multiply(turn, await fit(rotated(source, turn), target)).data, before.data, rounded);
    const moved = await fit(shifted(source, 3), shifted(target, -2));
    expect(moved.data.every((value, k) => isClose(value, before.data[k], rounded))).toBe(false);
  });
});

describe("zeroPad", () => {
  it("does not turn with the source: it reads coordinates as they are", async () => {
    const { source, target, identities } = cloudPair({ seed: 1, count: 60, source: p, target: q });
    const turn = orthonormal(p, p, createRandom(2));
    const before = zeroPad(await computeMoments(source, target, identities, { engine }));
    const after = zeroPad(await computeMoments(rotated(source, turn), target, identities, { engine }));
    const product = multiply(turn, after.weights).data;
    expect(product.every((value, k) => isClose(value, before.weights.data[k], rounded))).toBe(false);
  });
});

describe("addMoments", () => {
  it("gives the moments of all rows, wherever they are cut", async () => {
    const { source, target, identities } = cloudPair({ seed: 3, count: 60, source: p, target: q, noise: 0.5 });
    const whole = await computeMoments(source, target, identities, { engine });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 58 }), async (cut) => {
        const indices = Array.from({ length: 60 }, (_, i) => i);
        const part = (chosen: number[]): Promise<Moments> =>
          computeMoments(
            takeRows(source, chosen),
            takeRows(target, chosen),
            chosen.map((i) => identities[i]),
            { engine },
          );
        const sum = addMoments(await part(indices.slice(0, cut)), await part(indices.slice(cut)));
        expectClose(sum.cross.data, whole.cross.data, conditioned(1e3));
        expectClose(sum.source.gram.data, whole.source.gram.data, conditioned(1e3));
      }),
      runs,
    );
  });
});

function rotated({ rows, columns, data }: Matrix32, turn: ReturnType<typeof orthonormal>): Matrix32 {
  return matrix32(rows, columns, Float32Array.from(multiply(matrix64(rows, columns, Float64Array.from(data)), turn).data));
}

function shifted({ rows, columns, data }: Matrix32, by: number): Matrix32 {
  return matrix32(
    rows,
    columns,
    data.map((value) => value + by),
  );
}
