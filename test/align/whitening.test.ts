import { describe, expect, it } from "vitest";
import { computeMoments, fitCca, fitPartialWhitening, fitProcrustes } from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { matrix32, toFloat32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, expectClose } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";
import { made, names, norm, unrelated } from "./fitted.js";

const engine = await chooseEngine();
/** The target was rounded to float32. */
const madeInFloat32 = { ...conditioned(1), absolute: 1e-5 };

describe("fitCca", () => {
  it("gives mapped rows the target's Gram, and undoes any invertible map", async () => {
    const source = gaussian(60, 6, createRandom(1));
    const weights = gaussian(6, 6, createRandom(2));
    const moments = await computeMoments(toFloat32(source), toFloat32(multiply(source, weights)), names(60), { engine });
    const { map, correlations } = await fitCca(moments, { engine });
    expectClose(map.weights.data, weights.data, { ...madeInFloat32, absolute: 1e-4 });
    expectClose(correlations, new Float64Array(6).fill(1), madeInFloat32);
    const { moments: noisy } = await made({ seed: 3, count: 80, source: 6, target: 6, noise: 1 });
    const { map: turned } = await fitCca(noisy, { engine });
    const gram = multiply(multiply(transposed(turned.weights), noisy.source.gram), turned.weights);
    expectClose(gram.data, noisy.target.gram.data, conditioned(1e4));
    expect(turned).toMatchObject({ name: "cca", rank: 6, parameterCount: 42, effectiveDf: null });
  });

  it("has correlations of 1 where rows are fewer than columns", async () => {
    const { moments } = await made({ seed: 4, count: 10, source: 12, target: 14, noise: 1 });
    const { map, correlations } = await fitCca(moments, { engine });
    expectClose(correlations, new Float64Array(9).fill(1), conditioned(1e4));
    expect(map.rank).toBe(9);
    expect(Math.max(...correlations)).toBeLessThanOrEqual(1);
  });

  it("refuses pairs without any relation", async () => {
    await expect(fitCca(unrelated, { engine })).rejects.toThrow(
      new ValueError("fitCca: the cross-Gram of 4 pairs is zero; source and target rows must be paired and differ"),
    );
  });
});

describe("fitPartialWhitening", () => {
  it.each([
    [6, 6],
    [5, 8],
    [8, 5],
  ])("is the rotation at alpha 1 and CCA's map, up to its scale, at alpha 0 (%i → %i)", async (source, target) => {
    const { moments } = await made({ seed: 5, count: 80, source, target, noise: 0.5 });
    const rotation = await fitPartialWhitening(moments, { alpha: 1, engine });
    expectClose(rotation.weights.data, (await fitProcrustes(moments, { engine })).weights.data, conditioned(1e4));
    const whitened = await fitPartialWhitening(moments, { alpha: 0, engine });
    const { map } = await fitCca(moments, { engine });
    const scale = norm(map.weights.data) / norm(whitened.weights.data);
    expectClose(
      whitened.weights.data.map((value) => value * scale),
      map.weights.data,
      conditioned(1e5),
    );
    expect(whitened).toMatchObject({ name: "partial-whitening", rank: Math.min(source, target), effectiveDf: null });
  });

  it("does not depend on the scale of either cloud, but for its own", async () => {
    const { pair, moments } = await made({ seed: 6, count: 80, source: 5, target: 5, noise: 0.5 });
    const larger = matrix32(
      80,
      5,
      pair.source.data.map((value) => 4 * value),
    );
    const scaled = await computeMoments(larger, pair.target, pair.identities, { engine });
    const [plain, after] = [
      await fitPartialWhitening(moments, { alpha: 0.5, engine }),
      await fitPartialWhitening(scaled, { alpha: 0.5, engine }),
    ];
    expectClose(after.weights.data, plain.weights.data, conditioned(1e4));
  });

  it("refuses an alpha outside [0, 1], and pairs without any relation", async () => {
    for (const alpha of [-0.1, 1.1, NaN]) {
      await expect(fitPartialWhitening(unrelated, { alpha, engine })).rejects.toThrow(
        new ValueError(`fitPartialWhitening: alpha is ${alpha}; it must be from 0, whitened, to 1, not whitened`),
      );
    }
    await expect(fitPartialWhitening(unrelated, { alpha: 0.5, engine })).rejects.toThrow(
      new ValueError("fitPartialWhitening: the cross-Gram of 4 pairs is zero; source and target rows must be paired and differ"),
    );
  });
});
