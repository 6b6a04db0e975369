import { describe, expect, it } from "vitest";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { bootstrapSubjects, percentileInterval } from "../../lib/metrics/bootstrap.js";
import { averageRows, concatenateRows } from "../../lib/metrics/fuse-rows.js";
import { fuseScores, normaliseScores, scaleOf, tuneFusion } from "../../lib/metrics/fuse-scores.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { collectPairs, type PairScores } from "../../lib/metrics/pair-scores.js";
import { scoreBlocks } from "../../lib/metrics/scores.js";
import { aucStatistic, differenceStatistic } from "../../lib/metrics/subject-statistic.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { auc, verification } from "../../lib/metrics/verification.js";
import { algebra, expectClose, expectCloseTo, rounding32 } from "../close.js";
import { plainEngine as engine } from "./plain-engine.js";
import { names, simulatePairs } from "./simulated-pairs.js";

const random = createRandom(4);
const rowsOf = (rows: number, columns: number): Matrix32 =>
  matrix32(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => random.normal()),
  );

async function cosines(probes: Matrix32, gallery: Matrix32): Promise<PairScores> {
  const collector = collectPairs(labelScores(["a", "b", "a", "c"], ["a", "b", "c"]));
  await scoreBlocks(probes, gallery, [collector], { engine });
  return collector.pairs();
}

describe("fusion of rows", () => {
  const probes = [rowsOf(4, 3), rowsOf(4, 5)];
  const gallery = [rowsOf(3, 3), rowsOf(3, 5)];

  it("side by side scores the weighted mean of the parts' cosines", async () => {
    const parts = [await cosines(probes[0], gallery[0]), await cosines(probes[1], gallery[1])];
    for (const weights of [
      [1, 1],
      [0.2, 0.6],
      [0, 2],
    ]) {
      const fused = await cosines(concatenateRows(probes, weights), concatenateRows(gallery, weights));
      const expected = fuseScores(parts, weights);
      const total = weights[0] + weights[1];
      expectClose(
        fused.nonMated,
        expected.nonMated.map((score) => score / total),
        rounding32,
      );
      expectClose(
        fused.mated,
        expected.mated.map((score) => score / total),
        rounding32,
      );
    }
  });

  it("side by side with weights over deviations ranks as z-normalised scores do", async () => {
    const parts = [await cosines(probes[0], gallery[0]), await cosines(probes[1], gallery[1])];
    const scales = parts.map(scaleOf);
    const weights = scales.map(({ deviation }) => 1 / deviation);
    const rows = await cosines(concatenateRows(probes, weights), concatenateRows(gallery, weights));
    const scores = fuseScores(parts.map((part, i) => normaliseScores(part, scales[i])));
    const slope = weights[0] + weights[1];
    const shift = scales.reduce((sum, { mean }, i) => sum - mean * weights[i], 0);
    expectClose(
      scores.nonMated,
      rows.nonMated.map((score) => slope * score + shift),
      { ...rounding32, absolute: 1e-6 },
    );
  });

  it("in one space is the mean of the unit rows, by hand", () => {
    const mean = averageRows([matrix32(1, 2, Float32Array.of(3, 0)), matrix32(1, 2, Float32Array.of(0, 0.5))], [1, 3]);
    expectClose(mean.data, [0.25, 0.75], rounding32);
  });

  it("refuses parts that do not belong together, and weights that are none", () => {
    expect(() => concatenateRows([rowsOf(2, 2), rowsOf(3, 2)])).toThrow(
      "concatenateRows: got parts of 2, 3 rows and 2 weights for 2 parts; give as many rows in each part, and a weight for each",
    );
    expect(() => concatenateRows([])).toThrow("concatenateRows: got parts of no rows and 0 weights for 0 parts");
    expect(() => averageRows([rowsOf(2, 2), rowsOf(2, 3)])).toThrow("averageRows: parts are 2, 3 wide; map them into one space first");
    expect(() => averageRows([rowsOf(2, 2)], [-1])).toThrow("averageRows: weight 0 is -1; it must be finite and not negative");
    expect(() => averageRows([rowsOf(2, 2)], [0])).toThrow("averageRows: all weights are 0; give one part some weight");
    expect(() => concatenateRows([matrix32(1, 2)])).toThrow("normaliseRows: row 0 has zero length");
  });
});

describe("fusion of scores", () => {
  const labels = labelScores(names(30, 3), names(30, 1));
  const first = simulatePairs(labels, { seed: 1, shift: 2, effect: 0 });
  const second = simulatePairs(labels, { seed: 2, shift: 1, effect: 0 });

  it("of two independent systems is best near the weights that theory gives, and better than either", async () => {
    const { weight, value, path } = tuneFusion(first, second);
    // Shifts 2 and 1 with equal noise: the best linear weights are as 2 to 1.
    expect(Math.abs(weight - 1 / 3)).toBeLessThanOrEqual(0.15);
    expect(path).toHaveLength(21);
    expectCloseTo(path[0].value, auc(verification(first.mated, first.nonMated)), algebra);
    expect(value).toBe(Math.max(...path.map((one) => one.value)));
    const fused = fuseScores([first, second], [1 - weight, weight]);
    const gain = await bootstrapSubjects(differenceStatistic(aucStatistic(fused), aucStatistic(first)), { random: createRandom(1) });
    expect(gain.estimate).toBeCloseTo(value - path[0].value, 12);
    expect(percentileInterval(gain).low).toBeGreaterThan(0);
  });

  it("takes the smallest weight of those that are best, by any measure", () => {
    expect(tuneFusion(first, first).weight).toBe(0);
    const { path, value } = tuneFusion(first, second, { measure: (seen) => -eer(seen), stepCount: 4 });
    expect(path.map((one) => one.weight)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(value).toBe(Math.max(...path.map((one) => one.value)));
  });

  it("brings non-mated scores to mean 0 and deviation 1", () => {
    const { mean, deviation } = scaleOf(normaliseScores(first, scaleOf(first)));
    expectClose([mean + 1, deviation], [1, 1], rounding32);
  });

  it("leaves what has no weight out, infinite scores included", () => {
    const banned = { ...second, mated: second.mated.slice().fill(-Infinity, 0, 1) };
    expect(fuseScores([first, banned], [1, 0]).mated[0]).toBe(first.mated[0]);
  });

  it("refuses other comparisons, weights and steps that are none, and scores of one value", () => {
    const other = simulatePairs(labelAllPairs(names(5, 2)), { seed: 1 });
    expect(() => fuseScores([first, other])).toThrow(
      "fuseScores: system 1 made other comparisons than system 0; score the same probes and gallery with each",
    );
    expect(() => fuseScores([first], [1, 2])).toThrow("fuseScores: got 2 weights for 1 systems; give one for each of at least one");
    expect(() => fuseScores([first], [NaN])).toThrow("fuseScores: weight 0 is NaN; it must be finite and not negative");
    expect(() => tuneFusion(first, second, { stepCount: 0 })).toThrow("tuneFusion: got 0 steps; it needs a whole number from 1 on");
    expect(() => scaleOf({ ...first, nonMated: new Float32Array(3) })).toThrow(
      "scaleOf: the standard deviation of 3 non-mated scores is 0; it needs finite scores that differ",
    );
    expect(() => scaleOf({ ...first, nonMated: new Float32Array(0) })).toThrow("non-mated scores is that of nothing");
    expect(() => normaliseScores(first, { mean: 0, deviation: 0 })).toThrow(
      "normaliseScores: got the standard deviation 0; it must be above 0",
    );
  });
});
