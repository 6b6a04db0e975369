import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import {
  cmc,
  countRanks,
  meanReciprocalRank,
  pessimisticRanks,
  rankAtK,
  rankInterval,
  type RankOptions,
  type Ranks,
} from "../../lib/metrics/identification.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { algebra, exact, expectClose } from "../close.js";

/** Ranks from a table of scores: one row a probe, one column a template. */
function ranksOf(probes: string[], gallery: string[], scores: number[][], options?: RankOptions): Ranks {
  const counter = countRanks(labelScores(probes, gallery), options);
  scores.forEach((row, firstProbe) => {
    counter.add({ firstProbe, scores: matrix32(1, row.length, Float32Array.from(row)) });
  });
  return counter.ranks();
}

describe("closed-set identification", () => {
  it("refuses one set against itself, where each row would find itself", () => {
    expect(() => countRanks(labelAllPairs(["a", "a", "b"]))).toThrow(
      "countRanks: got the labels of all pairs of one set, where each row would find itself; label probes and gallery apart",
    );
  });

  it("ranks a probe one behind everybody who scores higher or the same", () => {
    //        a    b    c    d
    // a     .5   .9   .5   .1    one better, one tied: rank 3
    // d     .2   .2   .2   .8    rank 1
    const ranks = ranksOf(
      ["a", "d"],
      ["a", "b", "c", "d"],
      [
        [0.5, 0.9, 0.5, 0.1],
        [0.2, 0.2, 0.2, 0.8],
      ],
    );
    expect([...pessimisticRanks(ranks)]).toEqual([3, 1]);
    expectClose(cmc(ranks), [0.5, 0.5, 1, 1], exact);
  });

  it.each(["subject", "template"] as const)("counts two mates of a probe once (unit %s)", (unit) => {
    // Probe 1 finds its mates first and second; probe 2 finds two others before its own. Counting every mate would give [.5, 1, 1].
    //        a1   a2   b    c
    // a     .9   .8   .2   .1    rank 1
    // a     .5   .4   .9   .8    rank 3
    const ranks = ranksOf(
      ["a", "a"],
      ["a", "a", "b", "c"],
      [
        [0.9, 0.8, 0.2, 0.1],
        [0.5, 0.4, 0.9, 0.8],
      ],
      { unit },
    );
    expectClose(cmc(ranks).slice(0, 3), [0.5, 0.5, 1], exact);
  });

  it("ranks subjects by their best template, and templates one by one", () => {
    const scores = [[0.5, 0.7, 0.8, 0.1]];
    expect([...pessimisticRanks(ranksOf(["a"], ["a", "b", "b", "c"], scores))]).toEqual([2]);
    expect([...pessimisticRanks(ranksOf(["a"], ["a", "b", "b", "c"], scores, { unit: "template" }))]).toEqual([3]);
  });

  it.each([1, 2, 5])("gives a collapsed map no hit unless it is alone (gallery of %i)", (count) => {
    const gallery = Array.from({ length: count }, (_, i) => `p${i}`);
    for (const score of [0.3, -Infinity]) {
      const ranks = ranksOf(["p0"], gallery, [gallery.map(() => score)]);
      expect(rankAtK(ranks, 1)).toBe(count === 1 ? 1 : 0);
      expect(rankAtK(ranks, count)).toBe(1);
    }
  });

  it("breaks ties at random on request: k/N for a collapsed map", () => {
    const ranks = ranksOf(["a"], ["a", "b", "c", "d"], [[0.3, 0.3, 0.3, 0.3]]);
    expectClose(cmc(ranks, { ties: "expected" }), [0.25, 0.5, 0.75, 1], exact);
  });

  it("averages reciprocal ranks", () => {
    // Ranks 3 and 1 (see above): (1/3 + 1) / 2.
    const scores = [
      [0.5, 0.9, 0.5, 0.1],
      [0.2, 0.2, 0.2, 0.8],
    ];
    const ranks = ranksOf(["a", "d"], ["a", "b", "c", "d"], scores);
    expectClose([meanReciprocalRank(ranks)], [2 / 3], algebra);
    // One tied: the first probe is second or third, each half of the time.
    expectClose([meanReciprocalRank(ranks, { ties: "expected" })], [((1 / 2 + 1 / 3) / 2 + 1) / 2], algebra);
    // Two mates and one other at one score: the first mate is first in 2/3, second in 1/3 of the orders.
    const copies = ranksOf(["a"], ["a", "a", "b"], [[0.3, 0.3, 0.3]], { unit: "template" });
    expectClose([meanReciprocalRank(copies, { ties: "expected" })], [2 / 3 + 1 / 6], algebra);
  });

  it("gives a second mate at the same score its chance (unit template)", () => {
    // b and two mates tie: the first of the three is a mate with probability 2/3, and a mate is always within two.
    const ranks = ranksOf(["a"], ["a", "a", "b"], [[0.3, 0.3, 0.3]], { unit: "template" });
    expectClose(cmc(ranks, { ties: "expected" }), [1 - 1 / 3, 1, 1], exact);
  });

  it("finds everybody among more candidates than there are", () => {
    const ranks = ranksOf(["a"], ["a", "b"], [[0.1, 0.9]]);
    expect([rankAtK(ranks, 2), rankAtK(ranks, 3), cmc(ranks).length]).toEqual([1, 1, 2]);
  });

  it("leaves probes without a mate out of the denominator, and says how many", () => {
    const ranks = ranksOf(
      ["z", "a"],
      ["a", "b"],
      [
        [0.9, 0.1],
        [0.9, 0.1],
      ],
    );
    expect(ranks.unmatedProbeCount).toBe(1);
    expect(rankAtK(ranks, 1)).toBe(1);
  });

  const table = fc.record({ people: fc.integer({ min: 1, max: 6 }), probes: fc.integer({ min: 1, max: 8 }) }).chain(({ people, probes }) =>
    fc.record({
      gallery: fc.constant(Array.from({ length: people }, (_, i) => `p${i}`)),
      probes: fc.array(
        fc.integer({ min: 0, max: people - 1 }).map((i) => `p${i}`),
        { minLength: probes, maxLength: probes },
      ),
      scores: fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: people, maxLength: people }), {
        minLength: probes,
        maxLength: probes,
      }),
    }),
  );

  it("never lets a CMC fall, and ends it at 1", () => {
    fc.assert(
      fc.property(table, fc.constantFrom("pessimistic" as const, "expected" as const), ({ probes, gallery, scores }, ties) => {
        const curve = cmc(ranksOf(probes, gallery, scores), { ties });
        curve.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : curve[i - 1] - 1e-15);
        });
        expect(curve[curve.length - 1]).toBe(1);
      }),
    );
  });

  it("keeps every rank when all scores go through one increasing function", () => {
    fc.assert(
      fc.property(table, ({ probes, gallery, scores }) => {
        const moved = scores.map((row) => row.map((score) => Math.exp(score) - 7));
        expect(pessimisticRanks(ranksOf(probes, gallery, moved))).toEqual(pessimisticRanks(ranksOf(probes, gallery, scores)));
      }),
    );
  });

  it("counts subjects, not probes, in the interval: twelve probes of three people are three trials when people are all or nothing", () => {
    const probes = ["a", "b", "c"].flatMap((name) => [name, name, name, name]);
    const rows = probes.map((name) => (name === "c" ? [0.9, 0, 0.1] : name === "a" ? [0.9, 0, 0.1] : [0, 0.9, 0.1]));
    const ranks = ranksOf(probes, ["a", "b", "c"], rows);
    expect(rankAtK(ranks, 1)).toBe(8 / 12);
    const { low, high } = rankInterval(ranks, 1);
    // Wilson of 2 hits in 3 trials (scipy 1.17: .2076599, .9385081).
    expectClose([low, high], [0.20765960080204778, 0.9385080552796037], { reason: "six digits", absolute: 1e-6, relative: 0, of: "entry" });
  });

  it("refuses what has no answer", () => {
    expect(() => countRanks(labelScores(["z", "y"], ["a"]))).toThrow(
      "countRanks: none of 2 probes has a mate in the gallery; enrol an image of each subject",
    );
    expect(() => countRanks(labelScores(["a"], ["a"])).ranks()).toThrow(
      "countRanks: 0 of 1 mated probes were scored; add every block before asking for ranks",
    );
    expect(() => rankAtK(ranksOf(["a"], ["a"], [[1]]), 0)).toThrow("rankAtK: got k = 0; k must be a whole number from 1 on");
    expect(() => labelScores([], ["a"])).toThrow("labelScores: the probe list is empty; it needs at least one identity");
    expect(() => labelScores(["a"], [])).toThrow("labelScores: the gallery is empty; it needs at least one identity");
  });
});
