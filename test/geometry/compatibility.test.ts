import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import {
  compareFamilies,
  compatibilityGain,
  compatibilityMatrix,
  compatibilityRetention,
  compatibilityRows,
  fitNetworkEffects,
  testSimilarity,
  testTargetSeparation,
  updateGain,
} from "../../lib/geometry/index.js";
import { algebra, exact, expectClose, expectCloseTo } from "../close.js";
import { golden, rowsOf, scoresOf } from "./networks.js";

const random = createRandom(0);

describe("compatibilityMatrix", () => {
  const rows = rowsOf([
    [0.9, 0.6, 0.5],
    [0.7, 0.8, 0.4],
    [0.3, 0.2, 0.5],
  ]);

  it("takes source down and target across, native values by themselves, in any order of rows", () => {
    const scores = compatibilityMatrix([...rows, { ...rows[1], metric: "auc" }].reverse(), "rank1");
    expect(scores.networks).toEqual(["c", "b", "a"]);
    expectClose(scores.values.data, [0, 0.2, 0.3, 0.4, 0, 0.7, 0.5, 0.6, 0], exact);
    expectClose(scores.native!, [0.5, 0.8, 0.9], exact);
    expect(compatibilityRows(compatibilityMatrix(rows, "rank1"))).toEqual(rows.filter(({ source, target }) => source !== target));
  });

  it("does without native values", () => {
    const pairs = rows.filter(({ source, target }) => source !== target);
    expect(compatibilityMatrix(pairs, "rank1").native).toBeNull();
  });

  it.each([
    ["one network", rows.slice(0, 1), "compatibilityMatrix: got 1 networks with rank1; it needs at least two"],
    ["a pair that is missing", rows.filter((_, i) => i !== 5), "compatibilityMatrix: there is no rank1 of b → c; measure that pair"],
    ["a pair that is there twice", [...rows, rows[3]], "compatibilityMatrix: b → a has two values of rank1; filter the rows to one map, frame and set"],
    ["some native values", rows.slice(0, 8), "compatibilityMatrix: c has no native rank1; give it for all networks or for none"],
    ["NaN", rows.map((row, i) => (i === 1 ? { ...row, value: NaN } : row)), "compatibilityMatrix: a → b has the value NaN; leave that row out"],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => compatibilityMatrix(wrong, "rank1")).toThrow(new ValueError(message));
  }); // prettier-ignore
});

describe("what a matrix is compared with", () => {
  const scores = scoresOf([0, 0.6, 0.7, 0], [0.9, 0.8]);

  it("gain by hand: 0.6 − 0.1 and 0.7 − 0.2", () => {
    const gain = compatibilityGain(scores, scoresOf([0, 0.1, 0.2, 0]));
    expectClose(gain.values.data, [0, 0.5, 0.5, 0], algebra);
    expect(gain.metric).toBe("rank1 gain");
  });

  it("retention by hand: 0.6 of the target's 0.8, 0.7 of 0.9", () => {
    expectClose(compatibilityRetention(scores).values.data, [0, 0.75, 7 / 9, 0], algebra);
  });

  it("update gain by hand: a is better than b, so of a → b alone, (0.85 − 0.8) / (0.9 − 0.8)", () => {
    const better = scoresOf([0, 0.85, 0.7, 0], [0.9, 0.8]);
    const gains = updateGain(better);
    expect(gains).toMatchObject([{ source: "a", target: "b", metric: "rank1 update gain" }]);
    expectClose(gains.map(({ value }) => value), [0.5], algebra); // prettier-ignore
    expect(updateGain(scoresOf([0, 0.5, 0.5, 0], [0.8, 0.8]))).toEqual([]);
  });

  it("is refused where it means nothing", () => {
    expect(() => compatibilityGain(scores, { ...scores, networks: ["b", "a"] })).toThrow(
      new ValueError(
        "compatibilityGain: got rank1 of a, b and rank1 of b, a; both must be one metric of the same networks in the same order",
      ),
    );
    expect(() => compatibilityRetention(scoresOf([0, 1, 1, 0], [0.5, 0]))).toThrow(
      new ValueError("compatibilityRetention: b has a native rank1 of 0; a share needs one above 0"),
    );
    expect(() => updateGain(scoresOf([0, 1, 1, 0]))).toThrow(
      new ValueError("updateGain: the matrix has no native rank1; give compatibilityMatrix the rows of each network against itself"),
    );
  });
});

describe("fitNetworkEffects", () => {
  const { values, mean, source, target, shares } = golden.effects;

  it("is least squares on the ordered pairs, as NumPy solves it", () => {
    const found = fitNetworkEffects(scoresOf(values));
    expectCloseTo(found.mean, mean, algebra);
    expectClose(found.source, source, algebra);
    expectClose(found.target, target, algebra);
    expectClose([found.shares.source, found.shares.target, found.shares.rest], shares, algebra);
  });

  it("recovers effects that made the matrix, and leaves nothing over", () => {
    const [sources, targets] = [[0.1, -0.1, 0.2, -0.2], [0.3, 0, -0.2, -0.1]]; // prettier-ignore
    const made = sources.flatMap((s, i) => targets.map((t, j) => (i === j ? 0 : 0.5 + s + t)));
    const found = fitNetworkEffects(scoresOf(made));
    expectClose(found.source, sources, algebra);
    expectClose(found.target, targets, algebra);
    expectClose(found.rest.data, new Float64Array(16), algebra);
    expect(found.shares.target).toBeGreaterThan(found.shares.source);
  });

  it("gives shares that sum to 1 and do not depend on the unit (any matrix)", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 16, maxLength: 16 }), (drawn) => {
        const entries = drawn.map((value, k) => (k % 5 === 0 ? 0 : value / 1000));
        const plain = fitNetworkEffects(scoresOf(entries)).shares;
        const percent = fitNetworkEffects(scoresOf(entries.map((value, k) => (k % 5 === 0 ? 0 : 100 * value + 7)))).shares;
        expectCloseTo(plain.source + plain.target + plain.rest, 1, algebra);
        expectClose(Object.values(percent), Object.values(plain), { ...algebra, absolute: 1e-9 });
      }),
      { numRuns: 50 },
    );
  });

  it("refuses two networks, and values that do not vary", () => {
    expect(() => fitNetworkEffects(scoresOf([0, 1, 2, 0]))).toThrow(
      new ValueError("fitNetworkEffects: got 2 networks; source and target can be told apart from three on"),
    );
    expect(() => fitNetworkEffects(scoresOf([0, 0.3, 0.3, 0.3, 0, 0.3, 0.3, 0.3, 0]))).toThrow(
      /^fitNetworkEffects: all values of rank1 are 0\.3.*; there is no variance to divide$/,
    );
  });
});

describe("testTargetSeparation", () => {
  const scores = scoresOf(golden.effects.values);
  const { numbers, correlation, p } = golden.separation;

  it("has the correlation and the exact p of NumPy over all orders", () => {
    const test = testTargetSeparation(scores, numbers, { random });
    expectClose([test.statistic, test.p], [correlation, p], algebra);
    expect(test).toMatchObject({ permutationCount: 720, isExact: true });
  });

  it("sees the sign, and comes close to the exact p when it draws", () => {
    const against = testTargetSeparation(scores, numbers.map((value) => -value), { random: createRandom(2), permutations: 600 }); // prettier-ignore
    expectCloseTo(against.statistic, -correlation, algebra);
    expect(against.isExact).toBe(false);
    expect(Math.abs(against.p - p)).toBeLessThan(0.05);
  });

  it("refuses what it cannot correlate", () => {
    const refuse =
      (numbers: readonly number[], of = scores) =>
      () =>
        testTargetSeparation(of, numbers, { random });
    expect(refuse([1])).toThrow(new ShapeError("testTargetSeparation: got 1 values for 6 networks; give one for each"));
    expect(refuse([1, 2], scoresOf([0, 1, 2, 0]))).toThrow(
      new ValueError("testTargetSeparation: got 2 networks; a correlation needs at least three"),
    );
    expect(refuse([1, 2, NaN, 4, 5, 6])).toThrow(new ValueError("testTargetSeparation: the value of c is NaN; it must be finite"));
    expect(refuse([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toThrow(
      new ValueError("testTargetSeparation: the separation values are all equal; there is nothing to correlate"),
    );
    expect(refuse([1, 2, 3], scoresOf([0, 1, 1, 1, 0, 1, 1, 1, 0]))).toThrow(
      new ValueError("testTargetSeparation: the mean rank1 of the targets are all equal; there is nothing to correlate"),
    );
  });
});

describe("testSimilarity", () => {
  const scores = scoresOf(golden.effects.values);
  const [one, ...rest] = scores.networks;
  /** What both directions have in common, a row for each two networks. */
  const couples = compatibilityRows(scores).flatMap(({ source, target, value }) => {
    const [i, j] = [scores.networks.indexOf(source), scores.networks.indexOf(target)];
    return i < j ? [{ source, target, metric: "cka", value: value + scores.values.data[j * scores.networks.length + i] }] : [];
  });

  it("correlates less than perfectly with a matrix that is not symmetric, and perfectly with its symmetric part", () => {
    const { networks, values } = scores;
    const halves = values.data.map((value, k) => value + values.data[(k % networks.length) * networks.length + Math.floor(k / networks.length)]); // prettier-ignore
    const whole = testSimilarity(scores, couples, { random });
    expectCloseTo(testSimilarity(scoresOf(Array.from(halves)), couples, { random }).correlation, 1, algebra);
    expect(whole.correlation).toBeGreaterThan(0);
    expect(whole.correlation).toBeLessThan(1);
    expect(whole).toMatchObject({ permutationCount: 720, isExact: true });
  });

  it("takes couples in either order, and leaves strangers out", () => {
    const turned = couples.map(({ source, target, ...row }, k) => (k % 2 === 0 ? { ...row, source: target, target: source } : { ...row, source, target })); // prettier-ignore
    const more = [...turned, { source: one, target: "stranger", metric: "cka", value: 9 }];
    expect(testSimilarity(scores, more, { random })).toEqual(testSimilarity(scores, couples, { random }));
  });

  it("refuses a couple that is missing, there twice, or no couple", () => {
    const refuse = (wrong: typeof couples) => () => testSimilarity(scores, wrong, { random });
    expect(refuse(couples.slice(1))).toThrow(
      new ValueError(`testSimilarity: there is no value of ${one} and ${rest[0]}; compare them too`),
    );
    const twice = `testSimilarity: ${one} and ${rest[0]} are there twice, or one network; give each two networks one value`;
    expect(refuse([...couples, couples[0]])).toThrow(new ValueError(twice));
    expect(refuse([...couples, { ...couples[0], target: one }])).toThrow(new ValueError(twice.replace(rest[0], one)));
  });
});

describe("compareFamilies", () => {
  const origin = (id: string, family: string, ...siblings: string[]) => ({ id, family, siblings });
  // a and b, c and d are close; e is alone.
  const values = [0, 9, 2, 2, 1, 9, 0, 2, 2, 1, 2, 2, 0, 8, 1, 2, 2, 6, 0, 1, 1, 1, 1, 1, 0].map((value) => value / 10);
  const scores = scoresOf(values);
  const origins = [origin("a", "face", "b"), origin("b", "face"), origin("c", "object"), origin("d", "object"), origin("e", "other")];

  it("has means within and between by hand, and none of a family with one member", () => {
    const { all, siblings } = compareFamilies(scores, origins, { random });
    expectClose([all.within, all.between], [(0.9 + 0.9 + 0.8 + 0.6) / 4, (8 * 0.2 + 8 * 0.1) / 16], algebra);
    expect([all.withinCount, all.betweenCount]).toEqual([4, 16]);
    expect(all.families).toEqual([
      { family: "face", members: 2, within: 0.9, pairCount: 2 },
      { family: "object", members: 2, within: 0.7, pairCount: 2 },
    ]);
    expect(siblings).toEqual([["a", "b"]]);
  });

  it("tests by exchanging networks: of 120 orders 8 keep both pairs together", () => {
    const { test } = compareFamilies(scores, origins, { random }).all;
    expectClose([test.p, test.permutationCount], [8 / 120, 120], exact);
    expectCloseTo(test.statistic, 0.8 - 0.15, algebra);
  });

  it("leaves siblings out of the second count, under every exchange", () => {
    const { withoutSiblings } = compareFamilies(scores, origins, { random });
    expectClose([withoutSiblings!.within, withoutSiblings!.between], [0.7, 0.15], algebra);
    expect(withoutSiblings!.families).toEqual([{ family: "object", members: 2, within: 0.7, pairCount: 2 }]);
  });

  it("says so when no pair of a family is left without siblings, and that nothing changes without any", () => {
    const related = [origin("a", "face", "b"), origin("b", "face"), origin("c", "x"), origin("d", "y"), origin("e", "z")];
    expect(compareFamilies(scores, related, { random }).withoutSiblings).toBeNull();
    const strangers = origins.map(({ id, family }) => origin(id, family));
    const { all, withoutSiblings } = compareFamilies(scores, strangers, { random });
    expect(withoutSiblings).toBe(all);
  });

  it("refuses networks of which nothing is said, and families that cannot be compared", () => {
    expect(() => compareFamilies(scores, origins.slice(1), { random })).toThrow(
      new ValueError("compareFamilies: nothing is said of a; give its family and siblings"),
    );
    const same = origins.map(({ id }) => origin(id, "face"));
    expect(() => compareFamilies(scores, same, { random })).toThrow(
      new ValueError("compareFamilies: got the families face of 5 networks; it needs one with two members, and a second one"),
    );
  });
});
