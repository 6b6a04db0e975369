import { describe, expect, it } from "vitest";
import type { ResultRow } from "../../lib/study/result-row.js";
import { summarise } from "../../lib/study/summary.js";
import { algebra, expectClose, type Tolerance } from "../close.js";
import { resultRow } from "./result-rows.js";

const row = (source: string, target: string, value: number, metric = "rank1"): ResultRow => resultRow({ source, target, value, metric });

const sixDigits: Tolerance = { reason: "six digits", absolute: 1e-6, relative: 0, of: "entry" };

describe("summarise", () => {
  it("takes means by map, frame and metric", () => {
    const rows = [row("a", "b", 0.2), row("a", "b", 5, "loss"), row("b", "a", 0.4), row("b", "a", 6, "loss")];
    const summary = summarise(rows);
    expect(summary.map(({ metric, pairCount, networkCount }) => [metric, pairCount, networkCount])).toEqual([
      ["rank1", 2, 2],
      ["loss", 2, 2],
    ]);
    expectClose(
      summary.flatMap(({ mean, least, most }) => [mean, least, most]),
      [0.3, 0.2, 0.4, 5.5, 5, 6],
      algebra,
    );
    expect(summary.map(({ low, high }) => [low, high])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it("leaves out one network at a time", () => {
    // Pairs of a, b, c worth (ab) .4, (ac) .5, (bc) .6 in both directions: the means without c, b, a. Their spread is .02,
    // so se = √(2/3 · .02) = .11547, and t₀.₉₇₅ with 2 degrees of freedom is 4.302653.
    const values: [string, string, number][] = [
      ["a", "b", 0.4],
      ["a", "c", 0.5],
      ["b", "c", 0.6],
    ];
    const [summary] = summarise(values.flatMap(([one, other, value]) => [row(one, other, value), row(other, one, value)]));
    const reach = 4.30265273 * Math.sqrt((2 / 3) * 0.02);
    expectClose([summary.low!, summary.high!], [0.5 - reach, 0.5 + reach], sixDigits);
  });

  it("leaves a network that is in every pair where it is, and takes the others for the sample", () => {
    // Pairs of z with a, b, c worth .4, .5, .6: the usual interval of three values, sd .1, se .1/√3.
    const rows = [row("a", "z", 0.4), row("z", "b", 0.5), row("c", "z", 0.6)];
    const [{ low, high, networkCount }] = summarise(rows);
    const reach = (4.30265273 * 0.1) / Math.sqrt(3);
    expectClose([low!, high!], [0.5 - reach, 0.5 + reach], sixDigits);
    expect(networkCount).toBe(4);
  });

  it("is the usual t interval for values of one network each, cut to where rates can be", () => {
    // .9, 1, 1: mean .9666667, sd .0577350, se .0333333.
    const natives = (metric: string): ResultRow[] => [row("a", "a", 0.9, metric), row("b", "b", 1, metric), row("c", "c", 1, metric)];
    const [rate, other] = summarise([...natives("auc"), ...natives("gain")]);
    const reach = 4.30265273 / 30;
    expectClose([other.low!, other.high!], [2.9 / 3 - reach, 2.9 / 3 + reach], sixDigits);
    expectClose([rate.low!, rate.high!], [2.9 / 3 - reach, 1], sixDigits);
  });
});
