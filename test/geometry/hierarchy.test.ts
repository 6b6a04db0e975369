import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import {
  clusterHierarchy,
  clusterStability,
  compatibilityDistances,
  copheneticCorrelation,
  copheneticDistances,
  layOutDendrogram,
} from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, exact, expectClose, expectCloseTo } from "../close.js";
import { golden, scoresOf, square } from "./networks.js";

const engine = await chooseEngine();
/** Items 0 and 1 are near, 2 and 3 are, the pairs are far. */
const pairsApart = square([0, 1, 4, 5, 1, 0, 5, 4, 4, 5, 0, 2, 5, 4, 2, 0]);

describe.each(golden.hierarchies)("$linkage linkage, beside SciPy", async ({ linkage, distances, ...expected }) => {
  const hierarchy = await clusterHierarchy(square(distances), { linkage, engine });

  it("merges the same clusters at the same heights", () => {
    const merges = hierarchy.merges.flatMap(({ first, second, height, items }) => [first, second, height, items.length]);
    expectClose(merges, expected.merges.flat(), algebra);
  });

  it("has the same cophenetic distances and correlation", () => {
    expectClose(copheneticDistances(hierarchy).data, expected.cophenetic, algebra);
    expectCloseTo(copheneticCorrelation(hierarchy, square(distances)), expected.correlation, algebra);
  });

  it("is drawn the same", () => {
    const { order, arms } = layOutDendrogram(hierarchy);
    expectClose(order, expected.order, exact);
    const drawn = arms.flatMap(({ left, right, height }) => [height, left.place, right.place, left.height, right.height]);
    expectClose(drawn, expected.arms.flat(), algebra);
  });
});

describe("clusterHierarchy", () => {
  it("by hand: {0, 1} at 1, {2, 3} at 2, all at the mean of 4, 5, 5 and 4", async () => {
    const { merges } = await clusterHierarchy(pairsApart, { engine });
    expect(merges).toEqual([
      { first: 0, second: 1, height: 1, items: [0, 1] },
      { first: 2, second: 3, height: 2, items: [2, 3] },
      { first: 4, second: 5, height: 4.5, items: [0, 1, 2, 3] },
    ]);
  });

  it("gives the same heights for the items in another order (seed 1)", async () => {
    const { distances } = golden.hierarchies[0];
    const turned = square(distances.map((_, k) => distances[(8 - Math.floor(k / 9)) * 9 + 8 - (k % 9)]));
    const heights = async (matrix: ReturnType<typeof square>) =>
      (await clusterHierarchy(matrix, { engine })).merges.map(({ height }) => height);
    expectClose(await heights(turned), await heights(square(distances)), algebra);
  });

  it("takes Ward's linkage only of points: 1 + 1 < 3 is no triangle", async () => {
    const broken = square([0, 1, 3, 1, 0, 1, 3, 1, 0]);
    await expect(clusterHierarchy(broken, { linkage: "ward", engine })).rejects.toThrow(
      new ValueError(
        "clusterHierarchy: no points have these distances, and Ward's linkage means sums of squares of points; choose average or complete",
      ),
    );
    expect((await clusterHierarchy(broken, { linkage: "complete", engine })).merges[1].height).toBe(3);
  });

  it("refuses what is no matrix of distances", async () => {
    const refuse = (matrix: typeof pairsApart) => expect(clusterHierarchy(matrix, { engine })).rejects;
    await refuse(matrix64(2, 3)).toThrow(new ShapeError("clusterHierarchy: got a 2 × 3 matrix of distances; it must be square"));
    await refuse(matrix64(1, 1)).toThrow(new ValueError("clusterHierarchy: got 1 items; clusters need at least two"));
    await refuse(square([0, NaN, NaN, 0])).toThrow("clusterHierarchy: row 0, column 1 is NaN");
    for (const [entries, i, j, one, other] of [
      [[0, 1, 2, 0], 1, 0, 2, 1],
      [[0, -1, -1, 0], 1, 0, -1, -1],
      [[1, 1, 1, 0], 0, 0, 1, 1],
    ] as const) {
      await refuse(square(entries)).toThrow(
        new ValueError(
          `clusterHierarchy: the distances of ${i} and ${j} are ${one} and ${other}; they must be equal, not negative, and 0 of an item to itself`,
        ),
      );
    }
  });
});

describe("compatibilityDistances", () => {
  it("by hand: 1 − (0.6 + 0.8)/2", () => {
    expectClose(compatibilityDistances(scoresOf([0, 0.6, 0.8, 0])).data, [0, 0.3, 0.3, 0], algebra);
  });

  it("refuses values above 1", () => {
    expect(() => compatibilityDistances(scoresOf([0, 90, 80, 0]))).toThrow(
      new ValueError("compatibilityDistances: rank1 of a and b is 85; distances are 1 less a value of at most 1"),
    );
  });
});

describe("copheneticCorrelation", () => {
  it("is 1 when the distances are the heights", async () => {
    const ultrametric = square([0, 1, 4, 4, 1, 0, 4, 4, 4, 4, 0, 2, 4, 4, 2, 0]);
    expectCloseTo(copheneticCorrelation(await clusterHierarchy(ultrametric, { engine }), ultrametric), 1, algebra);
  });

  it("refuses equal distances, and those of other items", async () => {
    const equal = square([0, 0.3, 0.3, 0.3, 0, 0.3, 0.3, 0.3, 0]);
    const hierarchy = await clusterHierarchy(equal, { engine });
    expect(() => copheneticCorrelation(hierarchy, equal)).toThrow(
      new ValueError("copheneticCorrelation: all distances or all heights are equal; there is nothing to correlate"),
    );
    expect(() => copheneticCorrelation(hierarchy, pairsApart)).toThrow(
      new ValueError("copheneticCorrelation: got distances of 4 items and a hierarchy of 3; pass those it was made of"),
    );
  });
});

describe("clusterStability", () => {
  it("counts the replicates in which each cluster comes back, by hand", async () => {
    // The second one pairs 0 with 2, and 1 with 3; the third keeps {2, 3} and adds 1 to it before 0.
    const other = square([0, 4, 1, 5, 4, 0, 5, 2, 1, 5, 0, 4, 5, 2, 4, 0]);
    const chain = square([0, 9, 9, 9, 9, 0, 3, 3, 9, 3, 0, 1, 9, 3, 1, 0]);
    const stability = clusterStability(await clusterHierarchy(pairsApart, { engine }), [pairsApart, other, chain, pairsApart]);
    expect(stability).toEqual([
      { items: [0, 1], height: 1, share: 0.5 },
      { items: [2, 3], height: 2, share: 0.75 },
    ]);
  });

  it("is 1 under noise that is small beside the gaps, and less under noise that is not (seed 2)", async () => {
    const random = createRandom(2);
    const noisy = (scale: number) => {
      const entries = Array.from(pairsApart.data);
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < i; j++) {
          entries[4 * i + j] = Math.max(0, entries[4 * i + j] + scale * random.normal());
          entries[4 * j + i] = entries[4 * i + j];
        }
      }
      return square(entries);
    };
    const hierarchy = await clusterHierarchy(pairsApart, { engine });
    const shares = (scale: number) =>
      clusterStability(
        hierarchy,
        Array.from({ length: 50 }, () => noisy(scale)),
      ).map(({ share }) => share);
    expect(shares(0.1)).toEqual([1, 1]);
    expect(Math.max(...shares(3))).toBeLessThan(0.9);
  });

  it("refuses no replicates, and those of other items", async () => {
    const hierarchy = await clusterHierarchy(pairsApart, { engine });
    expect(() => clusterStability(hierarchy, [])).toThrow(
      new ValueError("clusterStability: got no replicates; give at least one matrix of distances"),
    );
    expect(() => clusterStability(hierarchy, [square([0, 1, 1, 0])])).toThrow(
      new ValueError("clusterStability: got a replicate of 2 items; the hierarchy has 4"),
    );
  });
});
