import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { ValueError } from "../../lib/core/errors.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { chanceOf } from "../../lib/study/chance.js";
import { evaluate } from "../../lib/study/evaluate.js";

describe("chanceOf", () => {
  it.each([
    ["rank1", 0.02],
    ["rank10", 0.2],
    ["rank80", 1],
    ["auc", 0.5],
    ["eer", 0.5],
    ["tmr@fmr=1e-2", 0.01],
  ])("is what guessing reaches in a gallery of 50: %s", (metric, chance) => {
    expect(chanceOf(metric, 50)).toBe(chance);
  });

  it("is the mean of what rows without any relation reach (seed 1)", async () => {
    const random = createRandom(1);
    const rows = (count: number) =>
      matrix32(
        count,
        8,
        Float32Array.from({ length: count * 8 }, () => random.normal()),
      );
    const gallery = Array.from({ length: 40 }, (_, i) => `made/${i}`);
    const probes = Array.from({ length: 2000 }, (_, i) => `made/${i % 40}`);
    const engine = createOnnxEngine({ threads: 1 });
    const { values } = await evaluate(rows(2000), rows(40), { probes, gallery }, { engine });
    for (const { metric, value } of values) {
      const chance = chanceOf(metric, 40);
      // Five standard errors of 2000 independent probes; AUC and EER vary less.
      expect(Math.abs(value - chance), metric).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / 2000));
    }
  });

  it("refuses other metrics and galleries", () => {
    for (const metric of ["rank0", "rank", "dprime", "tmr@fmr=2", "tmr@fmr="]) {
      expect(() => chanceOf(metric, 50)).toThrow(
        new ValueError(`chanceOf: the metric is "${metric}"; name rank<k>, auc, eer, or tmr@fmr=<rate>, whose chance is known`),
      );
    }
    for (const size of [0, 2.5, NaN]) {
      expect(() => chanceOf("rank1", size)).toThrow(
        new ValueError(`chanceOf: gallerySize is ${size}; chance needs a gallery of at least 1`),
      );
    }
  });
});
