import { describe, expect, it } from "vitest";
import { computeMoments, fitProcrustes, reverseMoments, type AlignmentMap, type Moments } from "../../lib/align/index.js";
import { matrix32, matrix64 } from "../../lib/core/matrix.js";
import { determinantSign } from "../../lib/linalg/determinant-sign.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose } from "../close.js";
import { multiply, transposed } from "../synthetic.js";
import { made, residual } from "./fitted.js";

const engine = await chooseEngine();

describe("fitProcrustes without reflections", () => {
  it("finds the nearest rotation where the nearest isometry is a reflection", async () => {
    const { pair } = await made({ seed: 14, count: 80, source: 7, target: 7, noise: 0.5 });
    const sideways = (data: Float32Array): Float32Array => data.map((value, k) => (k % 7 === 0 ? -value : value));
    const mirrored = matrix32(80, 7, sideways(pair.target.data));
    for (const target of [pair.target, mirrored]) {
      const moments = await computeMoments(pair.source, target, pair.identities, { engine });
      const nearest = await fitProcrustes(moments, { engine });
      const rotation = await fitProcrustes(moments, { rotationOnly: true, engine });
      expect(rotation).toMatchObject({ name: "procrustes-rotation", parameterCount: nearest.parameterCount, rank: 7 });
      expect(await determinantSign(rotation.weights)).toBe(1);
      const unit = Float64Array.from({ length: 49 }, (_, k) => (k % 8 === 0 ? 1 : 0));
      expectClose(multiply(transposed(rotation.weights), rotation.weights).data, unit, conditioned(100));
      if ((await determinantSign(nearest.weights)) === 1) expectClose(rotation.weights.data, nearest.weights.data, exact);
      else await expectBestRotation(moments, rotation, nearest);
      const back = await fitProcrustes(reverseMoments(moments), { rotationOnly: true, engine });
      expectClose(back.weights.data, transposed(rotation.weights).data, conditioned(1e4));
    }
  });

  it("leaves W as it is where it is a part of some rotation", async () => {
    for (const shape of [
      { seed: 15, count: 80, source: 7, target: 5 },
      { seed: 16, count: 80, source: 7, target: 7, sourceRank: 4 },
    ]) {
      const { moments } = await made({ ...shape, noise: 0.5 });
      const rotation = await fitProcrustes(moments, { rotationOnly: true, scale: true, engine });
      expect([rotation.name, rotation.objective]).toEqual([
        "procrustes-rotation-scaled",
        "‖S W − T‖, smaller side orthonormal, no reflection, then ‖c S W − T‖",
      ]);
      expectClose(rotation.weights.data, (await fitProcrustes(moments, { scale: true, engine })).weights.data, exact);
    }
  });
});

/** Turning another direction round leaves a larger error. */
async function expectBestRotation(moments: Moments, rotation: AlignmentMap, nearest: AlignmentMap): Promise<void> {
  const least = residual(moments, rotation.weights.data);
  expect(least).toBeGreaterThan(residual(moments, nearest.weights.data));
  const { left, right } = await engine.svd(moments.cross);
  const size = left.rows;
  for (let flipped = 0; flipped < size; flipped++) {
    const signed = matrix64(
      size,
      size,
      left.data.map((value, k) => (k % size === flipped ? -value : value)),
    );
    const other = multiply(signed, transposed(right)).data;
    if (flipped === size - 1) expectClose(rotation.weights.data, other, conditioned(1e4));
    else expect(residual(moments, other)).toBeGreaterThan(least);
  }
}
