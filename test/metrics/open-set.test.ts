import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { countRanks, rankAtK } from "../../lib/metrics/identification.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { collectSearches, fnir, fnirAtFpir, fpir, openSetDet, selectivity, tpir, type Searches } from "../../lib/metrics/open-set.js";
import { algebra, exact, expectClose } from "../close.js";

interface Golden {
  readonly subjects: readonly number[];
  readonly people: number;
  readonly scores: readonly number[];
  readonly values: readonly {
    readonly threshold: number;
    readonly rank: number;
    readonly fnir: number;
    readonly fpir: number;
    readonly selectivity: number;
  }[];
}

const { openSet: golden } = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as { openSet: Golden };

function searchesOf(probes: string[], gallery: string[], rows: number[][], listLength?: number): Searches {
  const collector = collectSearches(labelScores(probes, gallery), listLength === undefined ? {} : { listLength });
  rows.forEach((row, firstProbe) => {
    collector.add({ firstProbe, scores: matrix32(1, row.length, Float32Array.from(row)) });
  });
  return collector.searches();
}

describe("open-set identification", () => {
  const labels = labelScores(
    golden.subjects.map(String),
    Array.from({ length: golden.people }, (_, i) => String(i)),
  );
  const block = { firstProbe: 0, scores: matrix32(golden.subjects.length, golden.people, Float32Array.from(golden.scores)) };
  const collector = collectSearches(labels);
  collector.add(block);
  const searches = collector.searches();

  it.each(golden.values)("counts as the definitions say at $threshold, rank $rank", ({ threshold, rank, ...expected }) => {
    expectClose(
      [fnir(searches, threshold, { rank }), fpir(searches, threshold), selectivity(searches, threshold)],
      [expected.fnir, expected.fpir, expected.selectivity],
      algebra,
    );
    expect(tpir(searches, threshold, { rank })).toBe(1 - fnir(searches, threshold, { rank }));
  });

  it("is the closed-set CMC without a threshold", () => {
    const counter = countRanks(labels);
    counter.add(block);
    for (const rank of [1, 2, 5]) {
      expectClose([tpir(searches, -Infinity, { rank })], [rankAtK(counter.ranks(), rank)], algebra);
    }
  });

  it("counts a non-mated search once, however many candidates it returns, and a mate beyond the rank as missed", () => {
    //          a    b    c
    // a       .9   .1   .1    found at rank 1
    // b       .8   .7   .2    its mate at rank 2
    // z       .6   .6   .1    a stranger with two candidates at .6 or above
    // y       .1   .2   .3
    const rows = [
      [0.9, 0.1, 0.1],
      [0.8, 0.7, 0.2],
      [0.6, 0.6, 0.1],
      [0.1, 0.2, 0.3],
    ];
    const some = searchesOf(["a", "b", "z", "y"], ["a", "b", "c"], rows);
    expect([fpir(some, 0.5), selectivity(some, 0.5)]).toEqual([0.5, 1]);
    // At or above, not above: the threshold itself is accepted.
    const border = Math.fround(0.6);
    expect(fpir(some, border)).toBe(0.5);
    expect([fnir(some, 0.5, { rank: 1 }), fnir(some, 0.5, { rank: 2 }), fnir(some, 0.75)]).toEqual([0.5, 0, 0.5]);
    expect(fnirAtFpir(some, 0, { rank: 1 })).toEqual({
      fnir: 0.5,
      threshold: Math.fround(0.9),
      achievedFpir: 0,
      allowedCount: 0,
      resolved: false,
    });
    expect(fnirAtFpir(some, 0.5)).toMatchObject({ fnir: 0, threshold: border, achievedFpir: 0.5 });
  });

  it("draws a DET that ends where the rank, not the threshold, decides", () => {
    const { points } = openSetDet(searches, { rank: 1 });
    expectClose([points[0].fmr, points[0].fnmr], [0, 1], exact);
    const last = points[points.length - 1];
    expectClose([last.fmr, last.fnmr], [1, fnir(searches, -Infinity, { rank: 1 })], algebra);
    expect(last.fnmr).toBeGreaterThan(0);
    points.slice(1).forEach(({ fmr, fnmr }, i) => {
      expect(fmr).toBeGreaterThanOrEqual(points[i].fmr);
      expect(fnmr).toBeLessThanOrEqual(points[i].fnmr);
    });
  });

  it("never exceeds the FPIR that is allowed", () => {
    for (const rate of [0, 0.01, 0.05, 0.1, 0.5]) {
      const point = fnirAtFpir(searches, rate, { rank: 1 });
      expect(point.achievedFpir).toBeLessThanOrEqual(rate);
      expect(point.achievedFpir).toBe(fpir(searches, point.threshold));
      expect(point.fnir).toBe(fnir(searches, point.threshold, { rank: 1 }));
    }
  });

  it("refuses what has no answer", () => {
    expect(() => collectSearches(labelAllPairs(["a", "a", "b"]))).toThrow(
      "collectSearches: got the labels of all pairs of one set; label probes and gallery apart",
    );
    expect(() => collectSearches(labelScores(["a"], ["a"]))).toThrow(
      "collectSearches: got 1 mated and 0 non-mated searches; it needs at least one of each, so leave some people out of the gallery",
    );
    expect(() => collectSearches(labels, { listLength: golden.people + 1 })).toThrow(
      "collectSearches: got lists of 10 from a gallery of 9; ask for a whole number from 1 to the gallery's size",
    );
    expect(() => collectSearches(labels).searches()).toThrow(
      "collectSearches: 0 of 60 probes were scored; add every block before asking for searches",
    );
    const short = searchesOf(
      ["a", "z"],
      ["a", "b"],
      [
        [1, 0],
        [0.5, 0.4],
      ],
      1,
    );
    expect(selectivity(short, 0.6)).toBe(0);
    expect(() => selectivity(short, 0.3)).toThrow(
      "selectivity: a list of 1 candidates is full at a threshold of 0.3; collect longer lists, or raise the threshold",
    );
    expect(() => fpir(searches, NaN)).toThrow("fpir: got a threshold of NaN; give a score");
    expect(() => fnir(searches, 0, { rank: 0 })).toThrow("fnir: got rank 0; it must be a whole number from 1 on, or Infinity");
    expect(() => fnirAtFpir(searches, 1)).toThrow("tmrAtFmr: got an FMR of 1; it must be at least 0 and below 1");
  });
});
