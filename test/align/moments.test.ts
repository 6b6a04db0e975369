import { describe, expect, it } from "vitest";
import {
  addMoments,
  computeCloud,
  computeMoments,
  pairClouds,
  reverseMoments,
  subtractMoments,
  type Moments,
} from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo } from "../close.js";
import { cloudPair } from "../synthetic.js";

const engine = await chooseEngine();
const { source, target, identities } = cloudPair({ seed: 1, count: 2500, source: 5, target: 3 });

describe("computeMoments", () => {
  it("sums what the definitions say, over several blocks", async () => {
    const moments = await computeMoments(source, target, identities, { engine });
    const sourceMean = meansOf(source);
    const targetMean = meansOf(target);
    expect(moments.count).toBe(2500);
    expect([...moments.identities]).toEqual([...new Set(identities)]);
    expectClose(moments.source.mean, sourceMean, conditioned(100));
    expectClose(moments.target.mean, targetMean, conditioned(100));
    expectClose(moments.source.gram.data, crossOf(source, sourceMean, source, sourceMean), conditioned(1000));
    expectClose(moments.target.gram.data, crossOf(target, targetMean, target, targetMean), conditioned(1000));
    expectClose(moments.cross.data, crossOf(source, sourceMean, target, targetMean), conditioned(1000));
    expectCloseTo(
      moments.source.energy,
      [0, 6, 12, 18, 24].reduce((sum, k) => sum + moments.source.gram.data[k], 0),
      exact,
    );
    expect(Object.isFrozen(moments) && Object.isFrozen(moments.source)).toBe(true);
  });

  it("keeps its digits when the offset is a thousand times the extent", async () => {
    const steps = Float32Array.from({ length: 400 }, (_, i) => 1024 + (i % 4) / 1024);
    const { gram } = await computeCloud(matrix32(400, 1, steps), new Array<string>(400).fill("a"), { engine });
    expectClose(gram.data, [(400 * 1.25) / 1024 ** 2], conditioned(10));
  });

  it("is worked out by hand for three points on a line", async () => {
    // source 1 2 3, mean 2, centred -1 0 1; target 2 2 5, mean 3, centred -1 -1 2
    const moments = await computeMoments(
      matrix32(3, 1, Float32Array.of(1, 2, 3)),
      matrix32(3, 1, Float32Array.of(2, 2, 5)),
      ["a", "a", "b"],
      { engine },
    );
    expectClose([moments.source.energy, moments.target.energy, moments.cross.data[0]], [2, 6, 3], exact);
  });

  it("refuses sizes that disagree", async () => {
    await expect(computeMoments(source, takeRows(target, [0, 1]), identities, { engine })).rejects.toThrow(
      new ShapeError("computeMoments: got 2500 source rows and 2 target rows; row i of both must come from the same image"),
    );
    await expect(computeMoments(source, target, ["a"], { engine })).rejects.toThrow(
      new ShapeError("computeCloud: got 2500 rows and 1 identities; pass the identity of every row"),
    );
  });

  it("refuses fewer than two rows, no columns, and values that are not finite", async () => {
    await expect(computeCloud(takeRows(source, [0]), ["a"], { engine })).rejects.toThrow(
      new ValueError("computeCloud: got 1 × 5 values; a cloud needs at least two rows and one column"),
    );
    await expect(computeMoments(matrix32(0, 5), matrix32(0, 3), [], { engine })).rejects.toThrow(/^computeCloud: got 0 × 5 values/);
    await expect(computeCloud(matrix32(2, 0), ["a", "b"], { engine })).rejects.toThrow(/got 2 × 0 values/);
    for (const bad of [NaN, Infinity, -Infinity]) {
      const spoiled = takeRows(source, [0, 1, 2]);
      spoiled.data[6] = bad;
      await expect(computeCloud(spoiled, ["a", "b", "c"], { engine })).rejects.toThrow(
        `computeCloud: row 1, column 1 is ${bad}; every value must be finite`,
      );
      await expect(
        computeMoments(takeRows(source, [0, 1]), matrix32(2, 1, Float32Array.of(0, bad)), ["a", "b"], { engine }),
      ).rejects.toThrow(
        new ValueError(
          `computeMoments: target: row 1, column 0 is ${bad}; every value must be finite, so leave that row out or embed it again`,
        ),
      );
    }
  });
});

describe("pairClouds", () => {
  it("gives the bytes that computeMoments gives, from clouds that are shared", async () => {
    const clouds = [await computeCloud(source, identities, { engine }), await computeCloud(target, identities, { engine })];
    const paired = await pairClouds(clouds[0], clouds[1], { source, target }, { engine });
    const whole = await computeMoments(source, target, identities, { engine });
    expect(paired.source).toBe(clouds[0]);
    expectClose(paired.cross.data, whole.cross.data, exact);
  });

  it("refuses clouds of other rows", async () => {
    const cloud = await computeCloud(source, identities, { engine });
    const renamed = await computeCloud(
      target,
      identities.map((name) => `other/${name}`),
      { engine },
    );
    await expect(pairClouds(cloud, cloud, { source, target }, { engine })).rejects.toThrow(
      new ShapeError("pairClouds: the target cloud has 2500 × 5 values and its rows 2500 × 3; pass the rows it was computed from"),
    );
    await expect(pairClouds(cloud, cloud, { source, target: takeRows(target, [0]) }, { engine })).rejects.toThrow(
      new ShapeError("pairClouds: got 2500 source rows and 1 target rows; row i of both must come from the same image"),
    );
    await expect(pairClouds(cloud, renamed, { source, target }, { engine })).rejects.toThrow(
      new ValueError("pairClouds: the clouds saw different identities; compute both from the rows of the same images"),
    );
  });
});

describe("reverseMoments", () => {
  it("exchanges the clouds and transposes the cross-Gram, and undoes itself", async () => {
    const moments = await computeMoments(source, target, identities, { engine });
    const reversed = reverseMoments(moments);
    expect([reversed.source, reversed.target]).toEqual([moments.target, moments.source]);
    expect([reversed.cross.rows, reversed.cross.columns]).toEqual([3, 5]);
    expect(reversed.cross.data[1]).toBe(moments.cross.data[3]);
    expect(reverseMoments(reversed)).toBe(moments);
    expect(reverseMoments(moments)).toBe(reversed);
  });
});

describe("addMoments and subtractMoments", () => {
  const part = (first: number, last: number): Promise<Moments> => {
    const indices = Array.from({ length: last - first }, (_, i) => first + i);
    return computeMoments(takeRows(source, indices), takeRows(target, indices), identities.slice(first, last), { engine });
  };

  it("adds parts to the whole", async () => {
    const whole = await part(0, 900);
    const sum = addMoments(addMoments(await part(0, 100), await part(100, 640)), await part(640, 900));
    expectMoments(sum, whole);
    expect(sum.identities).toEqual(whole.identities);
  });

  it("takes a part off the whole, and its identities with it", async () => {
    const rest = subtractMoments(await part(0, 900), await part(300, 900));
    expectMoments(rest, await part(0, 300));
    expect(rest.identities).toEqual((await part(0, 300)).identities);
  });

  it("refuses other widths, identities that were not added, and too few rows left", async () => {
    const whole = await part(0, 100);
    const reversed = reverseMoments(whole);
    expect(() => addMoments(whole, reversed)).toThrow(
      new ShapeError("addMoments: got moments of widths 5 → 3 and 3 → 5; they must be of the same networks"),
    );
    expect(() => subtractMoments(whole, reversed)).toThrow(/^subtractMoments: got moments of widths/);
    const other = await part(100, 200);
    expect(() => subtractMoments(whole, other)).toThrow(
      new ValueError('subtractMoments: "made/25" is in the part but not in the whole; subtract only what was added'),
    );
    expect(() => subtractMoments(whole, whole)).toThrow(
      new ValueError("subtractMoments: 100 − 100 rows are left; moments need at least two"),
    );
  });
});

function expectMoments(actual: Moments, expected: Moments): void {
  const tolerance = conditioned(1e4);
  expect(actual.count).toBe(expected.count);
  expectClose(actual.source.mean, expected.source.mean, tolerance);
  expectClose(actual.target.mean, expected.target.mean, tolerance);
  expectClose(actual.source.gram.data, expected.source.gram.data, tolerance);
  expectClose(actual.target.gram.data, expected.target.gram.data, tolerance);
  expectClose(actual.cross.data, expected.cross.data, tolerance);
  expectCloseTo(actual.source.energy, expected.source.energy, tolerance);
}

function meansOf({ rows, columns, data }: Matrix32): Float64Array {
  const mean = new Float64Array(columns);
  data.forEach((value, k) => (mean[k % columns] += value / rows));
  return mean;
}

function crossOf(left: Matrix32, leftMean: Float64Array, right: Matrix32, rightMean: Float64Array): Float64Array {
  const sums = new Float64Array(left.columns * right.columns);
  for (let i = 0; i < left.rows; i++) {
    for (let j = 0; j < left.columns; j++) {
      for (let k = 0; k < right.columns; k++) {
        const product = (left.data[i * left.columns + j] - leftMean[j]) * (right.data[i * right.columns + k] - rightMean[k]);
        sums[j * right.columns + k] += product;
      }
    }
  }
  return sums;
}
