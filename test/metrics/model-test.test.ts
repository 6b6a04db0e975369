import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../lib/core/random.js";
import { collapseDirections, testModels, type PairDifference } from "../../lib/metrics/model-test.js";
import { algebra, expectClose, expectCloseTo } from "../close.js";

/** Differences of networks with effects about `centre` and noise of each direction. */
function simulate(count: number, random: Random, { centre = 0, effect = 1, noise = 0 }): PairDifference[] {
  const effects = Array.from({ length: count }, () => centre / 2 + effect * random.normal());
  return effects.flatMap((one, i) =>
    effects.flatMap((other, j) => (i === j ? [] : [{ source: `n${i}`, target: `n${j}`, value: one + other + noise * random.normal() }])),
  );
}

describe("testModels", () => {
  it("gives four networks no less than one in eight, and says so", () => {
    const { p, smallestP, modelCount, pairCount } = testModels(simulate(4, createRandom(1), { centre: 9, effect: 0.1 }));
    expect([p, smallestP, modelCount, pairCount]).toEqual([1 / 8, 1 / 8, 4, 6]);
  });

  it("finds the mean, and the mean without each network", () => {
    const differences = simulate(5, createRandom(2), { noise: 1 });
    const { pairs } = collapseDirections(differences);
    const meanOf = (left: number): number => {
      const kept = [0, 1, 2, 3, 4].filter((i) => i !== left);
      const values = kept.flatMap((i) => kept.filter((j) => j > i).map((j) => pairs[i][j]));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    const { mean, without } = testModels(differences);
    expectCloseTo(mean, meanOf(-1), algebra);
    expect(without.map(({ model }) => model)).toEqual(["n0", "n1", "n2", "n3", "n4"]);
    expectClose(
      without.map((one) => one.mean),
      [0, 1, 2, 3, 4].map(meanOf),
      algebra,
    );
  });

  it("takes signs of networks by hand", () => {
    // Effects 3, 1 and −1: sums over signs are ±3, ±5, ±1 and ±3, so that 3 is reached by six of eight patterns.
    const value = (one: number, other: number): number => [3, 1, -1][one] + [3, 1, -1][other];
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
    ];
    const differences = pairs.map(([one, other]) => ({ source: `${one}`, target: `${other}`, value: value(one, other) }));
    expect(testModels(differences)).toMatchObject({ p: 6 / 8, mean: 2, smallestP: 1 / 4 });
  });

  it.each([
    ["effects of networks alone", { effect: 1, noise: 0 }],
    ["effects and noise", { effect: 1, noise: 1 }],
    ["noise alone", { effect: 0, noise: 1 }],
  ])("rejects no more often than it says where nothing differs: %s", (_, spread) => {
    const random = createRandom(5);
    const runs = 400;
    const rejected = Array.from({ length: runs }, () => testModels(simulate(8, random, spread))).filter(({ p }) => p <= 0.05).length;
    // 5 % and three standard errors of a share seen in 400 runs.
    expect(rejected / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it("refuses networks that are too few, not compared, compared twice or with themselves", () => {
    const one: PairDifference = { source: "a", target: "b", value: 1 };
    expect(() => testModels([one])).toThrow("testModels: got 2 networks; it needs from 3 to 20, all compared with each other");
    expect(() => testModels([one, { ...one, source: "c" }])).toThrow(
      "testModels: a and c are not compared; it needs every pair of the networks, in one direction at least",
    );
    expect(() => testModels([one, one])).toThrow("testModels: a → b is there twice; give each direction once");
    expect(() => testModels([{ ...one, target: "a" }])).toThrow("testModels: got a → a; give pairs of two networks");
    expect(() => testModels([{ ...one, value: NaN }])).toThrow("testModels: a → b is NaN; every difference must be finite");
  });
});
