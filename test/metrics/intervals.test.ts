import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { studentInterval, subjectInterval, wilsonInterval } from "../../lib/metrics/intervals.js";
import { algebra, exact, expectClose } from "../close.js";

interface Golden {
  readonly student: readonly { readonly degreesOfFreedom: number; readonly quantile: number }[];
  readonly wilson: readonly { readonly hits: number; readonly trials: number; readonly low: number; readonly high: number }[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as Golden;

describe("wilsonInterval", () => {
  it.each(golden.wilson)("is SciPy's for $hits of $trials", ({ hits, trials, low, high }) => {
    const interval = wilsonInterval(hits / trials, trials);
    expectClose([interval.low, interval.high], [low, high], algebra);
  });

  it("refuses rates and counts that are none", () => {
    expect(() => wilsonInterval(1.5, 3)).toThrow(
      "wilsonInterval: got rate 1.5 and count 3; the rate must be in [0, 1] and the count above 0",
    );
    expect(() => wilsonInterval(0.5, 0)).toThrow("wilsonInterval: got rate 0.5 and count 0");
  });
});

describe("subjectInterval", () => {
  it("counts equal subjects where a subject is all hits or all misses", () => {
    const interval = subjectInterval(Float64Array.of(4, 4, 0, 0), Float64Array.of(4, 4, 4, 4));
    expect(interval).toEqual(wilsonInterval(0.5, 4));
  });

  it("counts unequal subjects for less where each is all hits or all misses", () => {
    const interval = subjectInterval(Float64Array.of(6, 0, 0), Float64Array.of(6, 3, 3));
    expect(interval).toEqual(wilsonInterval(0.5, 144 / 54));
  });

  it("counts trials, and no more, where all subjects have the same share of hits", () => {
    expect(subjectInterval(Float64Array.of(2, 2, 2), Float64Array.of(4, 4, 4))).toEqual(wilsonInterval(0.5, 12));
  });

  it("counts subjects where nobody ever misses", () => {
    expect(subjectInterval(Float64Array.of(4, 4, 0), Float64Array.of(4, 4, 0))).toEqual(wilsonInterval(1, 2));
  });

  it("holds its rate", () => {
    for (const hits of [0, 1, 5, 9, 10]) {
      const { low, high } = subjectInterval(Float64Array.of(hits, 10), Float64Array.of(10, 10));
      expectClose([Math.min(low, (hits + 10) / 20), Math.max(high, (hits + 10) / 20)], [low, high], exact);
    }
  });

  it("refuses to speak of nobody", () => {
    expect(() => subjectInterval(Float64Array.of(0), Float64Array.of(0))).toThrow(
      "subjectInterval: got no trials; it needs at least one subject with one trial",
    );
  });
});

describe("studentInterval", () => {
  it.each(golden.student)("is SciPy's with $degreesOfFreedom degrees of freedom", ({ degreesOfFreedom, quantile }) => {
    const { low, high } = studentInterval(1, 2, degreesOfFreedom);
    expectClose([low, high], [1 - 2 * quantile, 1 + 2 * quantile], algebra);
  });

  it("refuses degrees of freedom that are none", () => {
    expect(() => studentInterval(0, 1, 0)).toThrow("studentInterval: got 0 degrees of freedom; it needs a whole number from 1 on");
  });
});
