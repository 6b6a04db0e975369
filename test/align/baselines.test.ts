import { describe, expect, it } from "vitest";
import {
  applyMap,
  compareUncentred,
  computeMoments,
  liveDirections,
  matchPrincipalAxes,
  padToWider,
  placeTargets,
  projectRandomly,
  reverseMoments,
  truncate,
  zeroPad,
  type Moments,
} from "../../lib/align/index.js";
import { matrix32, type Matrix64 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, rounding32 } from "../close.js";
import { cloudPair, multiply, transposed } from "../synthetic.js";

const engine = await chooseEngine();
const pair = cloudPair({ seed: 1, count: 12, source: 2, target: 3 });
/** 2 → 3. */
const widening = await computeMoments(pair.source, pair.target, pair.identities, { engine });
/** 3 → 2. */
const narrowing = reverseMoments(widening);
const same = await computeMoments(pair.source, pair.source, pair.identities, { engine });

const [cut2, cut3] = [
  [1, 0, 0, 1],
  [1, 0, 0, 1, 0, 0],
];

describe("zeroPad", () => {
  it("keeps coordinates by index: pads a narrower source, cuts a wider one", () => {
    expectClose(zeroPad(widening).weights.data, [1, 0, 0, 0, 1, 0], exact);
    expectClose(zeroPad(narrowing).weights.data, cut3, exact);
    expect(zeroPad(narrowing)).toMatchObject({ name: "zero-pad", rank: 2, engine: null, objective: "none", targetWeights: null });
  });
});

describe("truncate", () => {
  it("cuts whichever is wider", () => {
    expect(truncate(widening)).toMatchObject({ name: "truncate", rank: 2, parameterCount: 3 });
    expectClose(truncate(widening).weights.data, cut2, exact);
    expectClose(truncate(widening).targetWeights!.data, cut3, exact);
    expect({ ...truncate(narrowing), name: "" }).toEqual({ ...zeroPad(narrowing), name: "" });
    expect({ ...truncate(same), name: "" }).toEqual({ ...zeroPad(same), name: "" });
  });
});

describe("padToWider", () => {
  it("pads whichever is narrower", () => {
    expect(padToWider(narrowing)).toMatchObject({ name: "pad-to-wider", rank: 2 });
    expectClose(padToWider(narrowing).weights.data, [1, 0, 0, 0, 1, 0, 0, 0, 1], exact);
    expectClose(padToWider(narrowing).targetWeights!.data, [1, 0, 0, 0, 1, 0], exact);
    expect({ ...padToWider(widening), name: "" }).toEqual({ ...zeroPad(widening), name: "" });
    expect({ ...padToWider(same), name: "" }).toEqual({ ...zeroPad(same), name: "" });
  });

  it("keeps the length that zeroPad cuts from a wider source", async () => {
    const mean = new Float64Array(3);
    const rows = matrix32(1, 3, Float32Array.of(3, 4, 12));
    expectClose((await applyMap({ ...zeroPad(narrowing), sourceMean: mean }, rows, { engine })).data, [3, 4], exact);
    expectClose((await applyMap({ ...padToWider(narrowing), sourceMean: mean }, rows, { engine })).data, [3, 4, 12], exact);
    const target = { ...padToWider(narrowing), targetMean: Float64Array.of(1, 1) };
    expectClose((await placeTargets(target, matrix32(1, 2, Float32Array.of(3, 4)), { engine })).data, [2, 3, 0], exact);
  });
});

describe("compareUncentred", () => {
  it("takes no mean off, in either frame", async () => {
    const map = compareUncentred(widening);
    expect(map).toMatchObject({ name: "uncentred", rank: 2, targetWeights: null });
    for (const frame of ["centred", "raw"] as const) {
      const mapped = await applyMap(map, pair.source, { frame, engine });
      expectClose(
        mapped.data.filter((_, k) => k % 3 < 2),
        pair.source.data,
        exact,
      );
      expectClose((await placeTargets(map, pair.target, { frame, engine })).data, pair.target.data, exact);
    }
  });
});

describe("projectRandomly", () => {
  it("projects whichever is wider on orthonormal directions", async () => {
    const from = await projectRandomly(narrowing, { seed: 3, engine });
    expect(from).toMatchObject({ name: "random", rank: 2, parameterCount: 2, targetWeights: null, objective: "none, seed 3" });
    expectUnit(from.weights);
    const into = await projectRandomly(widening, { seed: 3, engine });
    expectClose(into.weights.data, cut2, exact);
    expectUnit(into.targetWeights!);
    expectUnit((await projectRandomly(same, { seed: 3, engine })).weights);
  });

  it("draws by its seed, without a favourite direction", async () => {
    const draw = async (seed: number): Promise<Float64Array> => (await projectRandomly(narrowing, { seed, engine })).weights.data;
    expectClose(await draw(1), await draw(1), exact);
    const draws = await Promise.all(Array.from({ length: 200 }, (_, seed) => draw(seed)));
    // An entry of a random unit vector in three dimensions is uniform on [−1, 1]: variance 1/3.
    for (let k = 0; k < 6; k++) {
      const mean = draws.reduce((sum, weights) => sum + weights[k], 0) / draws.length;
      expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(3 * draws.length));
    }
  });
});

describe("matchPrincipalAxes", () => {
  it("turns each cloud to its own axes and keeps as many as both have", async () => {
    const map = await matchPrincipalAxes(widening, { engine });
    expect(map).toMatchObject({ name: "pca", rank: 2, parameterCount: 3 });
    expectUnit(map.weights);
    expectUnit(map.targetWeights!);
    for (const [gram, axes, cloud] of [
      [widening.source.gram, map.weights, widening.source],
      [widening.target.gram, map.targetWeights!, widening.target],
    ] as const) {
      const turned = multiply(transposed(axes), multiply(gram, axes));
      const { values } = await liveDirections(cloud, { engine });
      expectClose(turned.data, [values[0], 0, 0, values[1]], conditioned(1e3));
    }
  });

  it("does not see who belongs to whom", async () => {
    const shuffled: Moments = { ...widening, cross: { ...widening.cross, data: widening.cross.data.map((value) => -value) } };
    const [one, other] = [await matchPrincipalAxes(widening, { engine }), await matchPrincipalAxes(shuffled, { engine })];
    expectClose(one.weights.data, other.weights.data, exact);
  });

  it("keeps fewer axes of a cloud that does not fill its space", async () => {
    const flat = cloudPair({ seed: 2, count: 40, source: 6, target: 5, sourceRank: 3 });
    const map = await matchPrincipalAxes(await computeMoments(flat.source, flat.target, flat.identities, { engine }), { engine });
    expect([map.rank, map.weights.columns, map.targetWeights!.columns]).toEqual([3, 3, 3]);
  });
});

describe("placeTargets", () => {
  it("brings targets to where mapped rows are, and their mean to where raw rows have it", async () => {
    const map = truncate(widening);
    const centred = await placeTargets(map, pair.target, { engine });
    const raw = await placeTargets(map, pair.target, { frame: "raw", engine });
    const kept = (_: number, k: number): boolean => k % 3 < 2;
    expectClose(raw.data, pair.target.data.filter(kept), rounding32);
    expectClose(centred.data, pair.target.data.map((value, k) => value - map.targetMean[k % 3]).filter(kept), rounding32);
    const mean = matrix32(1, 2, Float32Array.from(map.sourceMean));
    const moved = await applyMap({ ...map, sourceMean: Float64Array.from(mean.data) }, mean, { frame: "raw", engine });
    expectClose(moved.data, Float32Array.from(map.targetMean).slice(0, 2), exact);
  });

  it("refuses another width, no rows, and values that are not finite", async () => {
    await expect(placeTargets(zeroPad(widening), pair.source, { engine })).rejects.toThrow(
      "placeTargets: got rows of width 2; the map goes from 2 to 3, so pass rows of its target network",
    );
    await expect(placeTargets(zeroPad(widening), matrix32(0, 3), { engine })).rejects.toThrow(
      "placeTargets: got no rows; pass at least one",
    );
    await expect(placeTargets(zeroPad(widening), matrix32(1, 3, Float32Array.of(0, NaN, 0)), { engine })).rejects.toThrow(
      /^placeTargets: row 0, column 1 is NaN/,
    );
  });
});

/** Columns are orthonormal. */
function expectUnit(columns: Matrix64): void {
  const size = columns.columns;
  const unit = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
  expectClose(multiply(transposed(columns), columns).data, unit, conditioned(100));
}
