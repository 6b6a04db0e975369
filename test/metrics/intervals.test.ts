import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  contributionDegrees,
  dependentInterval,
  ruleOfThree,
  studentInterval,
  studentTest,
  subjectInterval,
  wilsonInterval,
} from "../../lib/metrics/intervals.js";
import { createRandom } from "../../lib/core/random.js";
import { algebra, exact, expectClose, sampled } from "../close.js";

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

describe("dependentInterval", () => {
  const bounds = { least: 4, most: 100 };

  it("counts p(1 − p)/Var trials, no fewer than the least and no more than the most", () => {
    expect(dependentInterval(0.5, 0.01, bounds)).toEqual(wilsonInterval(0.5, 25));
    expect(dependentInterval(0.5, 1, bounds)).toEqual(wilsonInterval(0.5, 4));
    expect(dependentInterval(0.5, 1e-9, bounds)).toEqual(wilsonInterval(0.5, 100));
    expect(dependentInterval(0.5, 0, bounds)).toEqual(wilsonInterval(0.5, 100));
  });

  it("is wider where the variance is poorly known, as Student's quantile is beside the normal one", () => {
    // Wilson's interval of 1/2 reaches q / 2√(n + q²).
    const reach = (quantile: number): number => quantile / (2 * Math.sqrt(25 + quantile ** 2));
    const { low, high } = dependentInterval(0.5, 0.01, { ...bounds, degreesOfFreedom: 5 });
    const quantile = golden.student.find(({ degreesOfFreedom }) => degreesOfFreedom === 5)!.quantile;
    expectClose([low, high], [0.5 - reach(quantile), 0.5 + reach(quantile)], algebra);
  });

  it.each([0, 1])("counts the least where the rate is %i", (rate) => {
    expect(dependentInterval(rate, 0, bounds)).toEqual(wilsonInterval(rate, 4));
  });
});

describe("contributionDegrees", () => {
  it("is the number of contributions where they are normal, and few where one stands out", () => {
    const random = createRandom(1);
    const normal = Float64Array.from({ length: 20_000 }, () => random.normal());
    // Kurtosis 3: 2G/2, known to √(24/G) of the kurtosis.
    expectClose([(contributionDegrees(normal) / 20_000 - 1) / Math.sqrt(24 / 4)], [0], sampled(20_000));
    expect(contributionDegrees(Float64Array.of(100, 1, -1, 1, -1, 1, -1, 1))).toBe(2);
  });

  it("stays from 2 to one less than there are contributions, and counts no zeros", () => {
    expect(contributionDegrees(Float64Array.of(1, -1, 1, -1, 0, 0))).toBe(3);
    expect(contributionDegrees(new Float64Array(9))).toBe(2);
  });
});

describe("ruleOfThree", () => {
  it("is near the exact bound 1 − 0.05^(1/n) for many trials, and never above 1", () => {
    expect(ruleOfThree(300)).toBe(0.01);
    expect(Math.abs(ruleOfThree(300) - (1 - 0.05 ** (1 / 300)))).toBeLessThan(1e-4);
    expect(ruleOfThree(2)).toBe(1);
  });

  it("refuses a count that is none", () => {
    expect(() => ruleOfThree(0)).toThrow("ruleOfThree: got the count 0; it must be above 0");
  });
});

describe("studentTest", () => {
  it.each(golden.student)(
    "is one in twenty at SciPy's quantile with $degreesOfFreedom degrees of freedom",
    ({ degreesOfFreedom, quantile }) => {
      expectClose([studentTest(quantile, degreesOfFreedom), studentTest(-quantile, degreesOfFreedom)], [0.05, 0.05], algebra);
      expect(studentTest(0, degreesOfFreedom)).toBe(1);
      expect(studentTest(Infinity, degreesOfFreedom)).toBeLessThan(1e-15);
    },
  );

  it("refuses what is no number", () => {
    expect(() => studentTest(NaN, 3)).toThrow("studentTest: got t = NaN; it must be a number");
    expect(() => studentTest(1, 1.5)).toThrow("studentTest: got 1.5 degrees of freedom; it needs a whole number from 1 on");
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
