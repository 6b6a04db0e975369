import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dPrime } from "../../lib/metrics/d-prime.js";
import { eerBounds } from "../../lib/metrics/equal-error.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { tmrAtFmr } from "../../lib/metrics/operating-point.js";
import { roc, thinRoc } from "../../lib/metrics/roc.js";
import { auc, verification } from "../../lib/metrics/verification.js";
import { algebra, exact, expectClose, expectCloseTo } from "../close.js";

interface Golden {
  readonly evaluations: readonly {
    readonly name: string;
    readonly mated: readonly number[];
    readonly nonMated: readonly number[];
    readonly auc: number;
    readonly roc: readonly (readonly [number, number])[];
    readonly operating: readonly {
      readonly fmr: number;
      readonly tmr: number;
      readonly achievedFmr: number;
      readonly threshold: number | null;
      readonly allowedCount: number;
    }[];
    /** TMR at each FMR of `operating`. */
    readonly interpolated: readonly number[];
    /** FMR and TMR for each. */
    readonly nearest: readonly (readonly [number, number])[];
    readonly dPrime: number | null;
    readonly eer: { readonly linear: number; readonly "convex hull": number };
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as Golden;
const evaluate = (mated: readonly number[], nonMated: readonly number[]): ReturnType<typeof verification> =>
  verification(Float32Array.from(mated), Float32Array.from(nonMated));

describe.each(golden.evaluations)("$name, beside scikit-learn", ({ mated, nonMated, ...expected }) => {
  const evaluation = evaluate(mated, nonMated);

  it("has the same AUC", () => {
    expectCloseTo(auc(evaluation), expected.auc, algebra);
  });

  it("has the same ROC vertices", () => {
    expectClose(
      roc(evaluation).flatMap(({ fmr, tmr }) => [fmr, tmr]),
      expected.roc.flat(),
      algebra,
    );
  });

  it.each(expected.operating)("has the same operating point at an FMR of $fmr", ({ fmr, tmr, achievedFmr, threshold, allowedCount }) => {
    const point = tmrAtFmr(evaluation, fmr);
    expectClose([point.tmr, point.achievedFmr], [tmr, achievedFmr], algebra);
    expectClose([point.threshold, point.allowedCount], [threshold ?? Infinity, allowedCount], exact);
  });
});

describe.each(golden.evaluations)("$name, in the forms that other tools report", ({ mated, nonMated, operating, ...expected }) => {
  const evaluation = evaluate(mated, nonMated);

  it("interpolates the ROC as numpy.interp does", () => {
    const rates = operating.map(({ fmr }) => tmrAtFmr(evaluation, fmr, { method: "interpolated" }).tmr);
    expectClose(rates, expected.interpolated, algebra);
  });

  it("takes the nearest vertex of the ROC", () => {
    const points = operating.map(({ fmr }) => tmrAtFmr(evaluation, fmr, { method: "nearest" }));
    expectClose(
      points.flatMap(({ achievedFmr, tmr }) => [achievedFmr, tmr]),
      expected.nearest.flat(),
      algebra,
    );
    for (const { tmr, threshold, achievedFmr } of points) {
      expect(tmr).toBe(evaluation.mated.filter((score) => score >= threshold).length / mated.length);
      expect(achievedFmr).toBe(evaluation.nonMated.filter((score) => score >= threshold).length / nonMated.length);
    }
  });

  it.each(["linear", "convex hull"] as const)("has the %s EER that root finding gives", (method) => {
    expectCloseTo(eer(evaluation, { method }), expected.eer[method], algebra);
  });

  it.runIf(expected.dPrime !== null)("has the d′ of NumPy's moments", () => {
    expectCloseTo(dPrime(evaluation), expected.dPrime ?? 0, algebra);
  });
});

describe("verification by hand", () => {
  it("sees nothing in scores that are all equal", () => {
    for (const score of [0.4, -Infinity]) {
      const evaluation = evaluate([score, score, score], [score, score]);
      expect(auc(evaluation)).toBe(0.5);
      expect(eer(evaluation)).toBe(0.5);
      expect(roc(evaluation)).toEqual([
        { fmr: 0, tmr: 0 },
        { fmr: 1, tmr: 1 },
      ]);
      expect(tmrAtFmr(evaluation, 0.9)).toMatchObject({ tmr: 0, achievedFmr: 0, threshold: Infinity });
    }
  });

  it("sees everything in scores that are apart", () => {
    const evaluation = evaluate([0.8, 0.9, 0.7], [0.1, 0.6, 0.3, 0.2]);
    expect([auc(evaluation), eer(evaluation)]).toEqual([1, 0]);
    expect(tmrAtFmr(evaluation, 0)).toMatchObject({ tmr: 1, achievedFmr: 0, threshold: Math.fround(0.7), allowedCount: 0 });
  });

  it("puts the threshold above the largest non-mated score when no false match is allowed", () => {
    // Descending: m .9, n .8, m .7, n .5, m .4. Only .9 is above every n.
    expect(tmrAtFmr(evaluate([0.9, 0.7, 0.4], [0.8, 0.5]), 0.4)).toEqual({
      tmr: 1 / 3,
      threshold: Math.fround(0.9),
      achievedFmr: 0,
      allowedCount: 0,
      resolved: false,
    });
  });

  it("allows as many false matches as arithmetic on paper does: 0.1 · 30 is 3 and 0.29 · 100 is 29", () => {
    const ladder = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
    expect(tmrAtFmr(evaluate([1000], ladder(30)), 0.1).allowedCount).toBe(3);
    expect(tmrAtFmr(evaluate([1000], ladder(100)), 0.29)).toMatchObject({ allowedCount: 29, threshold: 71 });
  });

  it("is resolved from 30 allowed false matches on", () => {
    const many = Float32Array.from({ length: 3000 }, (_, i) => i);
    expect(tmrAtFmr(verification(Float32Array.of(1), many), 1e-2).resolved).toBe(true);
    expect(tmrAtFmr(verification(Float32Array.of(1), many), 1e-3).resolved).toBe(false);
  });

  it("crosses the EER along a tie's slope", () => {
    // Vertices (FMR, FNMR): (0, 1), (0, .5) at 2, (1/3, 0) at the tie at 1, …: the segment meets FMR = FNMR at .2.
    expectCloseTo(eer(evaluate([2, 1], [1, 0, 0])), 0.2, algebra);
  });

  it("brackets the EER between vertices: mated 3 2 1 0, non-mated 2.5 1.5 −1", () => {
    // (FMR, FNMR): 3 → (0, 3/4), 2.5 → (1/3, 3/4), 2 → (1/3, 1/2), 1.5 → (2/3, 1/2): the rates cross between the last two.
    const evaluation = evaluate([3, 2, 1, 0], [2.5, 1.5, -1]);
    expect(eerBounds(evaluation)).toEqual({ low: 1 / 3, high: 1 / 2 });
    expectCloseTo(eer(evaluation, { method: "midpoint" }), 5 / 12, algebra);
    // Both gaps are 1/6: the stricter vertex.
    expectCloseTo(eer(evaluation, { method: "minimum gap" }), 5 / 12, algebra);
    // Level from (1/3, 1/2) to (2/3, 1/2): FMR meets FNMR at 1/2.
    expectCloseTo(eer(evaluation), 1 / 2, algebra);
    // The hull runs from (0, 1/4) straight to (2/3, 1) in TMR: 3/4 − 9/8 x = x at 6/17.
    expectCloseTo(eer(evaluation, { method: "convex hull" }), 6 / 17, algebra);
  });

  it("has an EER of one half by every method when all scores are equal, and of zero when they are apart", () => {
    for (const method of ["linear", "midpoint", "minimum gap", "convex hull"] as const) {
      expect(eer(evaluate([0.4, 0.4], [0.4, 0.4, 0.4]), { method }), method).toBe(0.5);
      expect(eer(evaluate([0.4, 0.5], [0.1, 0.2]), { method }), method).toBe(0);
    }
  });

  it("may exceed what is asked only where the nearest vertex is asked for: 2/35 for .05", () => {
    const evaluation = evaluate(
      [35],
      Array.from({ length: 35 }, (_, i) => i),
    );
    expect(tmrAtFmr(evaluation, 0.05).achievedFmr).toBe(1 / 35);
    expect(tmrAtFmr(evaluation, 0.05, { method: "nearest" })).toMatchObject({ achievedFmr: 2 / 35, threshold: 33 });
    expect(tmrAtFmr(evaluate([1, 0], [0, 0]), 0.6, { method: "nearest" })).toMatchObject({ tmr: 1, achievedFmr: 1, threshold: 0 });
  });

  it("interpolates a threshold on the grid of squared distances", () => {
    // Squared distances of non-mated scores: 1.0005, 2, 3, 4. At 1.000 none is below, at 1.001 one of four: FMR .1 is at 1.0004.
    const evaluation = evaluate([0.9, 0.5, 0.49], [0.49975, 0, -0.5, -1]);
    const point = tmrAtFmr(evaluation, 0.1, { method: "grid" });
    expectCloseTo(point.threshold, 1 - 1.0004 / 2, algebra);
    expect([point.tmr, point.achievedFmr]).toEqual([2 / 3, 0]);
    // Nobody is accepted at a distance of zero.
    expect(tmrAtFmr(evaluation, 0, { method: "grid" })).toMatchObject({ tmr: 0, threshold: 1 });
    // The largest distance, 4, never is below a threshold of the grid: beyond 3/4 it gives up, and accepts nobody.
    expect(tmrAtFmr(evaluation, 0.8, { method: "grid" })).toMatchObject({ tmr: 0, threshold: 1 });
  });

  it("has a d′ that is the distance of the means in standard deviations", () => {
    // Means 3 and 0, variances 1 and 4 over the number of scores: 3 / √2.5.
    expectCloseTo(dPrime(evaluate([4, 2], [2, -2])), 3 / Math.sqrt(2.5), algebra);
    expect(dPrime(evaluate([1, 1], [0]))).toBe(Infinity);
    expect(dPrime(evaluate([1, 1], [1]))).toBe(0);
    expect(() => dPrime(evaluate([1, -Infinity], [0]))).toThrow(
      "dPrime: a score is infinite, which has no variance; leave the rows without a direction out",
    );
  });

  it("keeps the ends and at most as many vertices as asked for a plot", () => {
    const points = roc(evaluate(golden.evaluations[0].mated, golden.evaluations[0].nonMated));
    for (const count of [2, 3, 10, 1000]) {
      const thinned = thinRoc(points, count);
      expect(thinned.length).toBeLessThanOrEqual(Math.min(count, points.length));
      expect([thinned[0], thinned[thinned.length - 1]]).toEqual([
        { fmr: 0, tmr: 0 },
        { fmr: 1, tmr: 1 },
      ]);
    }
  });

  it("refuses empty sides, NaN and rates outside its range", () => {
    expect(() => evaluate([], [1])).toThrow("verification: got 0 mated and 1 non-mated scores; it needs at least one of each");
    expect(() => evaluate([1], [0, NaN])).toThrow("verification: non-mated score 1 is NaN; leave that comparison out");
    expect(() => evaluate([NaN], [0])).toThrow("verification: mated score 0 is NaN; leave that comparison out");
    expect(() => tmrAtFmr(evaluate([1], [0]), 1)).toThrow("tmrAtFmr: got an FMR of 1; it must be at least 0 and below 1");
    expect(() => tmrAtFmr(evaluate([1], [0]), NaN)).toThrow("tmrAtFmr: got an FMR of NaN");
    expect(() => thinRoc([], 1)).toThrow("thinRoc: got 1 points; it needs a whole number from 2 on");
  });
});

describe("verification of any scores", () => {
  const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(-Infinity), fc.float({ noNaN: true, min: -2, max: 2 }));
  const sides = fc.tuple(fc.array(score, { minLength: 1, maxLength: 40 }), fc.array(score, { minLength: 1, maxLength: 40 }));

  it("gives the AUC that counting pairs one by one gives", () => {
    fc.assert(
      fc.property(sides, ([mated, nonMated]) => {
        let won = 0;
        for (const m of mated) for (const n of nonMated) won += m > n ? 1 : m === n ? 0.5 : 0;
        expectCloseTo(auc(evaluate(mated, nonMated)), won / mated.length / nonMated.length, algebra);
      }),
    );
  });

  it("has an AUC that is the area under its ROC, which never turns back", () => {
    fc.assert(
      fc.property(sides, ([mated, nonMated]) => {
        const evaluation = evaluate(mated, nonMated);
        const points = roc(evaluation);
        let area = 0;
        for (let i = 1; i < points.length; i++) {
          expect(points[i].fmr).toBeGreaterThanOrEqual(points[i - 1].fmr);
          expect(points[i].tmr).toBeGreaterThanOrEqual(points[i - 1].tmr);
          area += ((points[i].fmr - points[i - 1].fmr) * (points[i].tmr + points[i - 1].tmr)) / 2;
        }
        expectCloseTo(area, auc(evaluation), algebra);
      }),
    );
  });

  it("does not change its AUC when all scores go through one increasing function", () => {
    fc.assert(
      fc.property(sides, ([mated, nonMated]) => {
        const raise = (value: number): number => 3 * value + 1;
        const grid = (values: number[]): number[] => values.map((value) => Math.round(value * 8) / 8);
        const before = evaluate(grid(mated), grid(nonMated));
        const after = evaluate(grid(mated).map(raise), grid(nonMated).map(raise));
        expect(auc(after)).toBe(auc(before));
        for (const method of ["linear", "midpoint", "minimum gap", "convex hull"] as const) {
          expect(eer(after, { method })).toBe(eer(before, { method }));
        }
        expect(roc(after)).toEqual(roc(before));
      }),
    );
  });

  it("never accepts more non-mated scores than were allowed, and could not lower its threshold", () => {
    fc.assert(
      fc.property(sides, fc.double({ min: 0, max: 0.999, noNaN: true }), ([mated, nonMated], fmr) => {
        const point = tmrAtFmr(evaluate(mated, nonMated), fmr);
        const [m, n] = [Float32Array.from(mated), Float32Array.from(nonMated)];
        const accepted = (threshold: number): number => n.filter((value) => value >= threshold).length;
        const allowed = Math.floor(fmr * n.length * (1 + 1e-12));
        const thresholds = [...new Set([...m, ...n])].filter((value) => accepted(value) <= allowed);
        expect(point.threshold + 0).toBe((thresholds.length > 0 ? Math.min(...thresholds) : Infinity) + 0); // −0 is 0
        expect(point.achievedFmr).toBe(accepted(point.threshold) / n.length);
        expect(point.tmr).toBe(m.filter((value) => value >= point.threshold).length / m.length);
      }),
    );
  });

  it("has an EER between the two error rates at every threshold", () => {
    fc.assert(
      fc.property(sides, ([mated, nonMated]) => {
        const [m, n] = [Float32Array.from(mated), Float32Array.from(nonMated)];
        const evaluation = verification(m, n);
        const rate = eer(evaluation);
        const { low, high } = eerBounds(evaluation);
        expect(low).toBeLessThanOrEqual(high);
        expect(eer(evaluation, { method: "convex hull" })).toBeLessThanOrEqual(rate + 1e-12);
        for (const threshold of [...m, ...n]) {
          const fmr = n.filter((value) => value >= threshold).length / n.length;
          const fnmr = m.filter((value) => value < threshold).length / m.length;
          expect(rate).toBeGreaterThanOrEqual(Math.min(fmr, fnmr) - 1e-12);
          expect(rate).toBeLessThanOrEqual(Math.max(fmr, fnmr) + 1e-12);
        }
      }),
    );
  });
});
