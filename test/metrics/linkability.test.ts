import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import { labelScores, type ScoreLabels } from "../../lib/metrics/labels.js";
import { linkabilityStatistic, measureLinkability } from "../../lib/metrics/linkability.js";
import { countPairs, type PairScores } from "../../lib/metrics/pair-scores.js";
import { probit } from "../../lib/metrics/probit.js";
import { algebra, expectClose } from "../close.js";
import { names, simulatePairs } from "./simulated-pairs.js";

interface Golden {
  readonly normals: readonly { readonly shift: number; readonly spread: number; readonly omega: number; readonly dSys: number }[];
  readonly mated: readonly number[];
  readonly nonMated: readonly number[];
  readonly scores: readonly { readonly bins: number; readonly omega: number; readonly dSys: number; readonly local: readonly number[] }[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/linkability.json", import.meta.url), "utf8")) as Golden;

/** Scores in the order of their comparisons. */
function pairsOf(labels: ScoreLabels, mated: ArrayLike<number>, nonMated: ArrayLike<number>): PairScores {
  const templates = new Set(labels.gallery);
  return {
    labels,
    mated: Float32Array.from(mated),
    matedSubjects: labels.probes.filter((subject) => templates.has(subject)),
    nonMated: Float32Array.from(nonMated),
  };
}
const crowd = labelScores(names(120, 8), names(120, 1));
const random = (): ReturnType<typeof createRandom> => createRandom(3);

describe("measureLinkability", () => {
  it.each(golden.normals)(
    "is the integral for normals apart by $shift, spread $spread, ω $omega, to .01",
    ({ shift, spread, omega, dSys }) => {
      const { matedCount, nonMatedCount } = countPairs(crowd);
      const quantiles = (count: number): number[] => Array.from(permutation(count, random()), (i) => probit((i + 0.5) / count));
      const mated = quantiles(matedCount).map((value) => shift + spread * value);
      const measured = measureLinkability(pairsOf(crowd, mated, quantiles(nonMatedCount)), { omega, random: random(), nullCount: 1 });
      expect(Math.abs(measured.dSys - dSys)).toBeLessThan(0.01);
    },
  );

  it.each(golden.scores)("is NumPy's histogram put into the formula, in $bins bins with ω $omega", ({ bins, omega, dSys, local }) => {
    const pairs = pairsOf(labelScores(names(8, 5), names(8, 1)), golden.mated, golden.nonMated);
    const measured = measureLinkability(pairs, { binCount: bins, omega, random: random() });
    expectClose([measured.dSys, ...measured.bins.map((bin) => bin.local)], [dSys, ...local], algebra);
  });

  it("is 1 for scores that are apart, also after the null is taken off", () => {
    const { matedCount, nonMatedCount } = countPairs(crowd);
    const draw = random();
    const uniform = (count: number, from: number): number[] => Array.from({ length: count }, () => from + draw.uniform());
    const { dSys, corrected, pValue } = measureLinkability(pairsOf(crowd, uniform(matedCount, 2), uniform(nonMatedCount, 0)), {
      random: random(),
    });
    expect([dSys, corrected, pValue]).toEqual([1, 1, 1 / 101]);
  });

  it("is 0 where mated and non-mated scores are alike, once the null is taken off", () => {
    const found = Array.from({ length: 10 }, (_, seed) =>
      measureLinkability(simulatePairs(crowd, { seed, shift: 0, effect: 0 }), { random: createRandom(seed) }),
    );
    for (const { dSys, nullMean, pValue } of found) {
      expect(dSys).toBeGreaterThan(0.03);
      expect(Math.abs(dSys - nullMean)).toBeLessThan(0.03);
      expect(pValue).toBeGreaterThan(0.01);
    }
    expect(Math.abs(found.reduce((sum, { corrected }) => sum + corrected / 10, 0))).toBeLessThan(0.01);
  });

  it("does not change when scores are scaled and shifted", () => {
    const pairs = simulatePairs(crowd, { seed: 1 });
    const moved = pairsOf(crowd, pairs.mated.map((score) => 4 * score + 8), pairs.nonMated.map((score) => 4 * score + 8)); // prettier-ignore
    const [before, after] = [pairs, moved].map((scores) => measureLinkability(scores, { random: random() }).dSys);
    expect(Math.abs(before - after)).toBeLessThan(2e-3); // float32 moves a score over a border now and then
  });

  it("counts rows without a direction in the first bin", () => {
    const pairs = simulatePairs(crowd, { seed: 1 });
    const lost = pairsOf(crowd, pairs.mated.map((score, i) => (i < 500 ? -Infinity : score)), pairs.nonMated); // prettier-ignore
    const { bins, dSys } = measureLinkability(lost, { random: random() });
    expect(bins[0].mated).toBeGreaterThanOrEqual(0.5);
    expect(dSys).toBeGreaterThan(0.5);
  });

  it("says what it needs", () => {
    const pairs = simulatePairs(crowd, { seed: 1 });
    const measure =
      (options: object, scores = pairs) =>
      () =>
        measureLinkability(scores, { random: random(), ...options });
    expect(measure({ binCount: 1 })).toThrow(ValueError);
    expect(measure({ binCount: 1 })).toThrow("measureLinkability: got 1 bins and ω = 1; bins are from 2 to 65,535, and ω is above 0");
    expect(measure({ omega: 0 })).toThrow("got 96 bins and ω = 0");
    expect(measure({ nullCount: 0 })).toThrow("measureLinkability: got 0 draws of the null; it needs a whole number from 1 on");
    const none = pairsOf(labelScores(["a"], ["b"]), [], [1]);
    expect(measure({}, none)).toThrow("measureLinkability: got 0 mated and 1 non-mated scores; it needs some of both");
    expect(measure({}, { ...pairs, mated: pairs.mated.map(() => NaN) })).toThrow(
      "measureLinkability: a score is NaN; leave that comparison out",
    );
    const equal = { ...pairs, mated: pairs.mated.map(() => 1), nonMated: pairs.nonMated.map(() => 1) };
    expect(measure({}, equal)).toThrow("measureLinkability: scores are from 1 to 1; they must differ and be finite above");
    const alone = pairsOf(labelScores(["a", "b"], ["a"]), [1], [0]);
    expect(measure({}, alone)).toThrow("measureLinkability: 1 person has templates; its null needs two");
  });
});

describe("linkabilityStatistic", () => {
  const pairs = simulatePairs(labelScores(names(12, 3), names(12, 2)), { seed: 5 });

  it("is D_sys where everybody counts once, or everybody twice", () => {
    const { dSys } = measureLinkability(pairs, { random: random() });
    for (const weight of [1, 2]) expectClose([linkabilityStatistic(pairs).at(new Int32Array(12).fill(weight))!], [dSys], algebra);
  });

  it("leaves out people of weight 0", () => {
    const without = simulatePairs(labelScores(names(12, 3), names(12, 2)), { seed: 5 });
    const { labels } = without;
    const keep = new Int32Array(12).fill(1);
    keep[4] = 0;
    const spoilt = { ...without, mated: without.mated.map((score, m) => (without.matedSubjects[m] === 4 ? 0.1 : score)) };
    const at = (scores: PairScores): number => linkabilityStatistic(scores).at(keep)!;
    expect(labels.subjectCount).toBe(12);
    expect(at(spoilt)).toBe(at(without));
    expect(linkabilityStatistic(without).at(new Int32Array(12))).toBeNull();
  });
});
