import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { testModels } from "../../lib/metrics/model-test.js";
import { wilcoxonSignedRank } from "../../lib/metrics/wilcoxon.js";
import { compareMaps } from "../../lib/study/compare-maps.js";
import { resultRow } from "./result-rows.js";

/** Of networks a, b, c: what map x and map y reach. */
const values: readonly (readonly [source: string, target: string, x: number, y: number])[] = [
  ["a", "b", 0.9, 0.8],
  ["b", "a", 0.8, 0.5],
  ["a", "c", 0.7, 0.6],
  ["b", "c", 0.6, 0.65],
];
const rows = values.flatMap(([source, target, x, y]) => [
  resultRow({ source, target, map: "x", value: x }),
  resultRow({ source, target, map: "y", value: y }),
  resultRow({ source, target, map: "y", metric: "auc", value: 0.5 }),
]);

describe("compareMaps", () => {
  it("takes both directions of a pair as their mean, and tests the differences over pairs and over networks", () => {
    const [found] = compareMaps(rows, "rank1", [["x", "y"]]);
    // a–b (.1 + .3)/2 = .2, a–c .1, b–c −.05: ranks 3, 2, 1, of which 5 of 6 are positive.
    expect([found.pairCount, found.rankBiserial]).toEqual([3, 4 / 6]);
    expect(found.difference).toBeCloseTo(0.0875, 12); // of .2, .15, .1, .075, .025, −.05 the median
    expect(found.p).toBe(wilcoxonSignedRank([0.2, 0.1, -0.05]).p);
    const differences = values.map(([source, target, x, y]) => ({ source, target, value: x - y }));
    expect(found.modelP).toBe(testModels(differences).p);
    expect([found.smallestP, found.smallestModelP]).toEqual([0.25, 0.25]);
    expect([found.adjustedP, found.adjustedModelP]).toEqual([found.p, found.modelP]);
  });

  it("corrects for all comparisons that are made together, and turns the sign with the order", () => {
    const [there, back] = compareMaps(rows, "rank1", [
      ["x", "y"],
      ["y", "x"],
    ]);
    expect(back.difference).toBeCloseTo(-there.difference, 12);
    expect([back.p, back.modelP]).toEqual([there.p, there.modelP]);
    expect(there.adjustedP).toBe(Math.min(1, 2 * there.p));
    expect(there.adjustedModelP).toBe(Math.min(1, 2 * there.modelP));
  });

  it("says what is missing or there twice", () => {
    expect(() => compareMaps(rows, "rank1", [])).toThrow("compareMaps: got no comparisons; name two maps at least");
    expect(() => compareMaps(rows, "rank1", [["x", "z"]])).toThrow(
      "compareMaps: x and z are not both there for a → b; measure both maps on the same pairs",
    );
    expect(() => compareMaps(rows, "eer", [["x", "y"]])).toThrow("compareMaps: x and y are not both there for any pair;");
    const twice = (): unknown => compareMaps([...rows, rows[0]], "rank1", [["x", "y"]]);
    expect(twice).toThrow(ValueError);
    expect(twice).toThrow("compareMaps: x has two values of a → b; pick rows of one set, frame and seed");
  });
});
