import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeMoments, fitProcrustes, fitRidge, truncate, zeroPad } from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { describeMap, splitMap } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, expectClose, expectCloseTo } from "../close.js";
import { cloudPair, multiply, orthonormal } from "../synthetic.js";

interface GoldenShape {
  readonly rows: number;
  readonly columns: number;
  readonly weights: readonly number[];
  readonly singularValues: readonly number[];
  readonly effectiveRank: number;
  readonly orthogonalityDefect: number;
  readonly rotationError: number;
  readonly scaledIdentity: number;
  readonly rotation: number;
  readonly scaledRotation: number;
  readonly rotationMatrix: readonly number[];
  readonly stretchMatrix: readonly number[];
}

const { shapes } = JSON.parse(readFileSync(new URL("../golden/map-geometry.json", import.meta.url), "utf8")) as {
  readonly shapes: readonly GoldenShape[];
};
const engine = await chooseEngine();
const pair = cloudPair({ seed: 1, count: 40, source: 5, target: 5 });
const moments = await computeMoments(pair.source, pair.target, pair.identities, { engine });
const base = zeroPad(moments);

describe.each(shapes)("a $rows × $columns map, beside NumPy and SciPy", ({ rows, columns, weights, ...expected }) => {
  const map = { ...base, weights: matrix64(rows, columns, Float64Array.from(weights)), sourceMean: new Float64Array(rows) };

  it("has the same spectrum and shares", async () => {
    const shape = await describeMap({ ...map, targetMean: new Float64Array(columns) }, { engine });
    expectClose(shape.singularValues, expected.singularValues, conditioned(1e3));
    const found = [shape.effectiveRank, shape.orthogonalityDefect, shape.rotationError, ...Object.values(shape.explained)];
    expectClose(
      found,
      [
        expected.effectiveRank,
        expected.orthogonalityDefect,
        expected.rotationError,
        expected.scaledIdentity,
        expected.rotation,
        expected.scaledRotation,
      ],
      algebra,
    );
    expect(shape.rank).toBe(Math.min(rows, columns));
  });

  it("splits into the same rotation and stretch", async () => {
    const { rotation, stretch } = await splitMap(map, { engine });
    expectClose(rotation.data, expected.rotationMatrix, conditioned(1e3));
    expectClose(stretch.data, expected.stretchMatrix, conditioned(1e3));
    expectClose(multiply(rotation, stretch).data, weights, conditioned(1e3));
  });
});

describe("describeMap", () => {
  it("sees a fitted rotation as one, and a scaled one by its scale", async () => {
    const map = await fitProcrustes(moments, { engine });
    const shape = await describeMap(map, { engine });
    expect(shape.explained.rotation).toBeCloseTo(1, 12);
    expect([shape.orthogonalityDefect, shape.rotationError, shape.stretchShare].every((value) => value < 1e-12)).toBe(true);
    const double = { ...map, weights: matrix64(5, 5, map.weights.data.map((value) => 2 * value)) }; // prettier-ignore
    const scaled = await describeMap(double, { engine });
    expectClose([scaled.scale, scaled.explained.rotation, scaled.explained.scaledRotation], [2, 0.75, 1], algebra);
    expectCloseTo(scaled.effectiveRank, 5, algebra);
  });

  it("measures the shift by hand: W = 2 I takes the mean (1, 2) to (2, 4), so (5, 4) needs (3, 0)", async () => {
    const narrow = { ...base, weights: matrix64(2, 2, Float64Array.of(2, 0, 0, 2)) };
    const { shift, explained } = await describeMap(
      { ...narrow, sourceMean: Float64Array.of(1, 2), targetMean: Float64Array.of(5, 4) },
      { engine },
    );
    expectClose([shift.norm, shift.ofTargetMean!, explained.scaledIdentity], [3, 3 / Math.sqrt(41), 1], algebra);
    const none = { ...narrow, sourceMean: new Float64Array(2), targetMean: new Float64Array(2) };
    expect((await describeMap(none, { engine })).shift).toEqual({ norm: 0, ofTargetMean: null });
  });

  it("does not change when either space is turned, but for the identity's share", async () => {
    const map = await fitRidge(await noisy(), { ratio: 0.1, engine });
    const plain = await describeMap(map, { engine });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (seed) => {
        const random = createRandom(seed);
        const turned = multiply(multiply(orthonormal(5, 5, random), map.weights), orthonormal(5, 5, random));
        const shape = await describeMap({ ...map, weights: turned }, { engine });
        expectClose(shape.singularValues, plain.singularValues, conditioned(1e3));
        expectCloseTo(shape.explained.scaledRotation, plain.explained.scaledRotation, algebra);
        expectCloseTo(shape.stretchShare + shape.explained.scaledRotation, 1, algebra);
        expect(shape.explained.scaledIdentity).toBeLessThanOrEqual(shape.explained.scaledRotation + 1e-12);
        expect(shape.explained.scaledIdentity).not.toBeCloseTo(plain.explained.scaledIdentity, 6);
      }),
      { numRuns: 10 },
    );
  });

  it("counts the directions of a map that drops some, whose rotation drops them too", async () => {
    const flat = {
      ...base,
      weights: matrix64(
        5,
        5,
        Float64Array.from({ length: 25 }, (_, k) => (k === 0 || k === 6 ? 3 : 0)),
      ),
    };
    const shape = await describeMap(flat, { engine });
    expectClose([shape.rank, shape.effectiveRank, shape.scale, shape.stretchShare], [2, 2, 6 / 5, 1 - 36 / (5 * 18)], algebra);
    const { rotation, stretch } = await splitMap(flat, { engine });
    expectClose(rotation.data, flat.weights.data.map((value) => value / 3), algebra); // prettier-ignore
    expectClose(stretch.data, flat.weights.data, algebra);
  });

  it("refuses a map of nothing, and one into a third space", async () => {
    const zero = { ...base, weights: matrix64(5, 5) };
    const wide = cloudPair({ seed: 2, count: 8, source: 2, target: 3 });
    const third = truncate(await computeMoments(wide.source, wide.target, wide.identities, { engine }));
    for (const [name, look] of [["describeMap", describeMap], ["splitMap", splitMap]] as const) {
      await expect(look(zero, { engine })).rejects.toThrow(
        new ValueError(`${name}: the weights of zero-pad are zero; such a map has no shape`),
      );
      await expect(look(third, { engine })).rejects.toThrow(
        new ValueError(`${name}: truncate compares source and target in a third space; choose a map into the target's`),
      );
    } // prettier-ignore
  });
});

async function noisy(): ReturnType<typeof computeMoments> {
  const { source, target, identities } = cloudPair({ seed: 3, count: 60, source: 5, target: 5, noise: 1 });
  return computeMoments(source, target, identities, { engine });
}
