import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { chooseMap, leaveOneNetworkOut } from "../../lib/study/choose-map.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { algebra, expectClose } from "../close.js";
import { resultRow } from "./result-rows.js";

const measured = (map: string, pairs: Readonly<Record<string, number>>): ResultRow[] =>
  Object.entries(pairs).map(([pair, value]) => resultRow({ map, source: pair[0], target: pair[1], value }));

describe("chooseMap", () => {
  it("takes the map with the largest mean of the metric, of equals the first", () => {
    const rows = [...measured("x", { ab: 0.5, ba: 0.9 }), ...measured("y", { ab: 0.8, ba: 0.8 }), ...measured("z", { ab: 0.9, ba: 0.7 })];
    expect(chooseMap(rows, "rank1")).toBe("y");
    expect(chooseMap([...rows, resultRow({ map: "x", metric: "auc", value: 1 })], "rank1")).toBe("y");
  });

  it("refuses maps that were not measured alike", () => {
    const rows = [...measured("x", { ab: 0.5, ba: 0.9 }), ...measured("y", { ab: 0.8 })];
    expect(() => chooseMap(rows, "rank1")).toThrow(ValueError);
    expect(() => chooseMap(rows, "rank1")).toThrow("chooseMap: y was measured on 1 pairs and x on 2; measure all maps on the same");
    expect(() => chooseMap(rows, "auc")).toThrow("chooseMap: got no rows of auc; measure the maps first");
  });
});

describe("leaveOneNetworkOut", () => {
  it("chooses on the pairs without a network, and tests on those with it", () => {
    // Where c is left out a–b chooses x; a and b are left out of pairs with c, which choose y.
    const chosenBy = [...measured("x", { ab: 0.9, bc: 0.1, ca: 0.2 }), ...measured("y", { ab: 0.6, bc: 0.3, ca: 0.4 })];
    const tested = [...measured("x", { ab: 0.8, bc: 0.5, ca: 0.7 }), ...measured("y", { ab: 0.4, bc: 0.75, ca: 0.7 })];
    const left = leaveOneNetworkOut(chosenBy, tested, "rank1");
    expect(left.map(({ network, chosen }) => [network, chosen])).toEqual([
      ["a", "y"],
      ["b", "y"],
      ["c", "x"],
    ]);
    const expected = [0.3, 0.55, 0.75, 0.4, 0.575, 0.65, 0.9, 0.6, 0.725];
    expectClose(
      left.flatMap(({ others, value, best }) => [others, value, best]),
      expected,
      algebra,
    );
  });

  it("takes every pair for the choice where a network is in none of them", () => {
    const chosenBy = [...measured("x", { ab: 0.9, bd: 0.9, da: 0.9 }), ...measured("y", { ab: 0.6, bd: 0.6, da: 0.6 })];
    const tested = [...measured("x", { ac: 0.4, bc: 0.6 }), ...measured("y", { ac: 0.9, bc: 0.9 })];
    const fresh = leaveOneNetworkOut(chosenBy, tested, "rank1").find(({ network }) => network === "c")!;
    expect([fresh.chosen, fresh.value, fresh.best]).toEqual(["x", 0.5, 0.9]);
    expect(fresh.others).toBeCloseTo(0.9, 12);
  });
});
