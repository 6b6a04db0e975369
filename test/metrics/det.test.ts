import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { det } from "../../lib/metrics/det.js";
import { probit } from "../../lib/metrics/probit.js";
import { verification } from "../../lib/metrics/verification.js";
import { algebra, expectClose, expectCloseTo } from "../close.js";

const golden = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as {
  readonly probit: readonly (readonly [number, number])[];
};

describe("probit", () => {
  it.each(golden.probit)("of %d is SciPy's", (probability, expected) => {
    expectCloseTo(probit(probability), expected, { reason: "1e-9 is promised", absolute: 1e-9, relative: 0, of: "entry" });
  });

  it("is odd around one half", () => {
    for (const probability of [0.01, 0.024, 0.2, 0.4]) expect(probit(1 - probability)).toBe(-probit(1 - (1 - probability)));
    expect(probit(0.5)).toBe(0);
  });

  it("refuses what is no probability between 0 and 1", () => {
    for (const value of [0, 1, -0.1, NaN]) {
      expect(() => probit(value)).toThrow(`probit: got a probability of ${value}; it must be above 0 and below 1, so clip it first`);
    }
  });
});

describe("det", () => {
  const curve = det(verification(Float32Array.of(3, 2, 1, 0), Float32Array.of(2.5, 1.5, -1)));

  it("has both error rates at every threshold", () => {
    const points = curve.points.map(({ fmr, fnmr }) => [fmr, fnmr]);
    const thirds = [0, 0, 1, 1, 2, 2, 2, 3].map((count) => count / 3);
    const quarters = [4, 3, 3, 2, 2, 1, 0, 0].map((count) => count / 4);
    expectClose(
      points.flat(),
      thirds.flatMap((fmr, i) => [fmr, quarters[i]]),
      algebra,
    );
  });

  it("clips its axes at half a comparison, and says where fewer than 30 errors carry it", () => {
    expect(curve.finest).toEqual({ fmr: 1 / 6, fnmr: 1 / 8 });
    expect(curve.resolved).toEqual({ fmr: 1, fnmr: 1 });
    const [first] = curve.points;
    expectClose([first.x, first.y], [probit(1 / 6), probit(7 / 8)], algebra);
    const many = det(
      verification(
        Float32Array.from({ length: 3000 }, (_, i) => i),
        Float32Array.from({ length: 300 }, (_, i) => i),
      ),
    );
    expectClose([many.resolved.fmr, many.resolved.fnmr], [0.1, 0.01], algebra);
  });

  it("never rises", () => {
    curve.points.slice(1).forEach(({ x, y }, i) => {
      expect(x).toBeGreaterThanOrEqual(curve.points[i].x);
      expect(y).toBeLessThanOrEqual(curve.points[i].y);
    });
  });
});
