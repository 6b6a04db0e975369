import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import { holm } from "../../lib/metrics/holm.js";
import { studentTest } from "../../lib/metrics/intervals.js";
import { permuteLabels } from "../../lib/metrics/label-permutations.js";
import { mantel } from "../../lib/metrics/mantel.js";
import { normalTail } from "../../lib/metrics/normal-tail.js";
import { splitMean } from "../../lib/metrics/repeated-splits.js";
import { hodgesLehmann, wilcoxonSignedRank } from "../../lib/metrics/wilcoxon.js";
import { algebra, exact, expectClose, expectCloseTo, sampled } from "../close.js";

interface Golden {
  readonly signedRank: readonly {
    readonly name: string;
    readonly differences: readonly number[];
    readonly untied: boolean;
    readonly statistic: number;
    readonly normal: number;
    readonly exact: number | null;
    readonly hodgesLehmann: number;
  }[];
  readonly holm: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
  readonly mantel: readonly {
    readonly name: string;
    readonly one: readonly (readonly number[])[];
    readonly other: readonly (readonly number[])[];
    readonly correlation: number;
    readonly p: number;
  }[];
  readonly splits: {
    readonly values: readonly number[];
    readonly testShare: number;
    readonly mean: number;
    readonly standardError: number;
    readonly p: number;
    readonly low: number;
    readonly high: number;
  };
  readonly normalTail: readonly (readonly [number, number])[];
  readonly student: readonly (readonly [number, number, number])[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/statistics.json", import.meta.url), "utf8")) as Golden;
const tableOf = (rows: readonly (readonly number[])[]): Matrix64 => matrix64(rows.length, rows[0].length, Float64Array.from(rows.flat()));

describe.each(golden.signedRank)("wilcoxonSignedRank beside SciPy: $name", ({ differences, ...expected }) => {
  it("has the same rank sum, p by the normal approximation, and median of means", () => {
    const found = wilcoxonSignedRank(differences, { method: "normal" });
    expectCloseTo(Math.min(found.positiveRanks, found.negativeRanks), expected.statistic, exact);
    expectClose([found.p, found.hodgesLehmann], [expected.normal, expected.hodgesLehmann], algebra);
  });

  it.skipIf(expected.exact === null || differences.length > 25)("has the same exact p", () => {
    expectCloseTo(wilcoxonSignedRank(differences, { method: "exact" }).p, expected.exact!, algebra);
  });

  it("is exact of itself up to 25 without ties or zeros", () => {
    const found = wilcoxonSignedRank(differences);
    const isExact = expected.untied && differences.length <= 25;
    expect(found.method).toBe(isExact ? "exact" : "normal");
    expectCloseTo(found.p, isExact ? expected.exact! : expected.normal, algebra);
  });
});

describe("wilcoxonSignedRank", () => {
  it("gives six pairs of four networks no less than .031, and says so", () => {
    const { p, smallestP, rankBiserial } = wilcoxonSignedRank([1, 2, 3, 4, 5, 6]);
    expect([p, smallestP, rankBiserial]).toEqual([1 / 32, 1 / 32, 1]);
  });

  it("turns its effect with the sign of the differences, and keeps p", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 }), (differences) => {
        const one = wilcoxonSignedRank(differences);
        const other = wilcoxonSignedRank(differences.map((difference) => -difference));
        expect(other.p).toBe(one.p);
        expect(other.rankBiserial + one.rankBiserial).toBe(0);
        expect(other.hodgesLehmann + one.hodgesLehmann).toBe(0);
        expect(one.p).toBeGreaterThanOrEqual(one.smallestP);
      }),
    );
  });

  it("finds nothing in differences that are all zero", () => {
    expect(wilcoxonSignedRank([0, 0, 0])).toMatchObject({ p: 1, rankBiserial: 0, hodgesLehmann: 0, zeroCount: 3 });
  });

  it("takes ranks by hand: of −1, 2, 2, 0 the zero ranks first and leaves", () => {
    // Ranks 2, 3.5, 3.5, 1.
    expect(wilcoxonSignedRank([-1, 2, 2, 0])).toMatchObject({ positiveRanks: 7, negativeRanks: 2, rankBiserial: 5 / 9 });
  });

  it("refuses what is no difference, and too many", () => {
    expect(() => wilcoxonSignedRank([])).toThrow("wilcoxonSignedRank: got 0 differences; it needs from 1 to 4096");
    expect(() => hodgesLehmann([1, Infinity])).toThrow("wilcoxonSignedRank: difference 1 is Infinity; every one must be finite");
    const many = Array.from({ length: 26 }, (_, i) => i + 1);
    expect(() => wilcoxonSignedRank(many, { method: "exact" })).toThrow(
      'wilcoxonSignedRank: got 26 differences for an exact test; it takes at most 25, so ask for "normal" or "auto"',
    );
  });
});

describe("holm", () => {
  it.each(golden.holm)("is statsmodels' for $p", ({ p, adjusted }) => {
    expectClose(holm(p), adjusted, algebra);
  });

  it("refuses no p values, and what is none", () => {
    expect(() => holm([])).toThrow("holm: got no p values; it needs at least one");
    expect(() => holm([0.5, NaN])).toThrow("holm: p value 1 is NaN; it must be from 0 to 1");
  });
});

describe("normalTail and studentTest", () => {
  it.each(golden.normalTail)("has SciPy's tail beyond %d", (z, p) => {
    expectClose([normalTail(z) / p], [1], algebra);
  });

  it.each(golden.student)("has SciPy's p of t = %d with %d degrees of freedom", (t, degreesOfFreedom, p) => {
    expectCloseTo(studentTest(t, degreesOfFreedom), p, algebra);
  });
});

describe("splitMean", () => {
  it("is that of the definition, with SciPy's t", () => {
    const { values, testShare, ...expected } = golden.splits;
    const { mean, standardError, p, low, high } = splitMean(values, testShare);
    expectClose(
      [mean, standardError, p, low, high],
      [expected.mean, expected.standardError, expected.p, expected.low, expected.high],
      algebra,
    );
  });

  it("is sure of values that never differ", () => {
    expect(splitMean([0, 0, 0], 1)).toMatchObject({ mean: 0, p: 1, low: 0, high: 0 });
    expect(splitMean([0.5, 0.5], 1)).toMatchObject({ mean: 0.5, p: 0 });
  });

  it("refuses one split, a share that is none, and values that are not finite", () => {
    expect(() => splitMean([1], 1)).toThrow(
      "splitMean: got 1 values and n_test/n_train = 1; it needs at least two splits and a share above 0",
    );
    expect(() => splitMean([1, 2], 0)).toThrow("splitMean: got 2 values and n_test/n_train = 0");
    expect(() => splitMean([1, NaN], 1)).toThrow("splitMean: the value of split 1 is NaN; every one must be finite");
  });
});

describe("permuteLabels", () => {
  const random = createRandom(0);
  it("looks at every order once where they are few", () => {
    const seen = new Set<string>();
    const test = permuteLabels(4, (order) => { seen.add(order.join()); return 0; }, { random }); // prettier-ignore
    expect([seen.size, test.permutationCount, test.isExact, test.p]).toEqual([24, 24, true, 1]);
  });

  it("draws where they are many, and never says 0 (seed 1)", () => {
    const first = (order: Int32Array): number => (order.every((from, i) => from === i) ? 1 : 0);
    const test = permuteLabels(12, first, { random: createRandom(1), permutations: 99 });
    expect(test).toEqual({ statistic: 1, p: 0.01, permutationCount: 100, isExact: false });
  });

  it("refuses to draw nothing", () => {
    expect(() => permuteLabels(3, () => 0, { random, permutations: 0 })).toThrow(
      "permuteLabels: got 0 permutations; give a whole number from 1 on",
    );
  });
});

describe("mantel", () => {
  const random = createRandom(1);
  it.each(golden.mantel)("has the correlation and the share of all orders that NumPy counts: $name", ({ one, other, correlation, p }) => {
    const found = mantel(tableOf(one), tableOf(other), { random });
    expect(found.isExact).toBe(true);
    expectClose([found.correlation, found.p], [correlation, p], algebra);
  });

  it("draws orders where there are too many, and comes near the share of all", () => {
    const { one, other, p } = golden.mantel[1];
    const found = mantel(tableOf(one), tableOf(other), { random, permutationCount: 500 });
    expect([found.isExact, found.permutationCount]).toEqual([false, 500]);
    expectClose([found.p], [p], sampled(500));
  });

  it("does not see a relabelling of both tables, nor their diagonals", () => {
    const table = tableOf(golden.mantel[1].one);
    const order = permutation(6, createRandom(3));
    const relabelled = (matrix: Matrix64): Matrix64 =>
      matrix64(
        6,
        6,
        matrix.data.map((_, k) => (k % 7 === 0 ? 99 : matrix.data[order[Math.floor(k / 6)] * 6 + order[k % 6]])),
      );
    const other = tableOf(golden.mantel[1].other);
    const [plain, moved] = [mantel(table, other, { random }), mantel(relabelled(table), relabelled(other), { random })];
    expectClose([moved.correlation, moved.p], [plain.correlation, plain.p], algebra);
  });

  it("refuses tables that cannot be compared", () => {
    const table = tableOf(golden.mantel[0].one);
    expect(() => mantel(table, matrix64(4, 4), { random })).toThrow(
      "mantel: got 5 × 5 and 4 × 4; both must be square, over the same networks",
    );
    expect(() => mantel(matrix64(2, 2), matrix64(2, 2), { random })).toThrow("mantel: got 2 networks; it needs at least 3");
    expect(() => mantel(table, matrix64(5, 5, new Float64Array(25).fill(0.1)), { random })).toThrow(
      "mantel: the second table has the same value everywhere off its diagonal; there is nothing to correlate",
    );
    expect(() => mantel(matrix64(5, 5, new Float64Array(25).fill(NaN)), table, { random })).toThrow(
      "mantel: the first table: row 0, column 0 is NaN",
    );
    expect(() => mantel(table, table, { random, permutationCount: 0 })).toThrow(
      "mantel: got 0 permutations; it needs a whole number from 1 on",
    );
  });
});
