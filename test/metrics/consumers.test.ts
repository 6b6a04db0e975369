import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { collectCandidates } from "../../lib/metrics/candidates.js";
import { keepScores } from "../../lib/metrics/kept-scores.js";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { histogramScores } from "../../lib/metrics/score-histogram.js";
import type { ScoreConsumer } from "../../lib/metrics/scores.js";

function feed(consumer: ScoreConsumer, rows: readonly (readonly number[])[]): void {
  rows.forEach((row, firstProbe) => {
    consumer.add({ firstProbe, scores: matrix32(1, row.length, Float32Array.from(row)) });
  });
}

describe("collectCandidates", () => {
  it("finds what sorting finds, equal scores by index", () => {
    const table = fc.integer({ min: 1, max: 12 }).chain((width) =>
      fc.record({
        length: fc.integer({ min: 1, max: width }),
        rows: fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: width, maxLength: width }), { minLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(table, ({ length, rows }) => {
        const collector = collectCandidates(rows.length, rows[0].length, length);
        feed(collector, rows);
        const { templates, scores } = collector.candidates();
        rows.forEach((row, i) => {
          const sorted = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, length);
          expect([...templates.slice(i * length, (i + 1) * length)]).toEqual(sorted);
          expect([...scores.slice(i * length, (i + 1) * length)]).toEqual(sorted.map((j) => row[j]));
        });
      }),
    );
  });

  it("refuses lists longer than the gallery, and half-done work", () => {
    expect(() => collectCandidates(1, 3, 4)).toThrow(
      "collectCandidates: got lists of 4 from a gallery of 3; ask for a whole number from 1 to the gallery's size",
    );
    expect(() => collectCandidates(2, 3, 1).candidates()).toThrow(
      "collectCandidates: 0 of 2 probes were scored; add every block before asking for lists",
    );
  });
});

describe("histogramScores", () => {
  it("counts each side in bins, borders in the bin above, and what is outside apart", () => {
    const counter = histogramScores(labelScores(["a", "b"], ["a", "b", "c"]), { low: 0, high: 1, binCount: 4 });
    feed(counter, [
      [1, 0.25, 0.24],
      [-Infinity, 0.5, 1.5],
    ]);
    const { mated, nonMated, outside } = counter.histogram();
    expect([...mated]).toEqual([0, 0, 1, 1]);
    expect([...nonMated]).toEqual([1, 1, 0, 0]);
    expect(outside).toEqual({ mated: 0, nonMated: 2 });
  });

  it("counts each pair of one set once", () => {
    const counter = histogramScores(labelAllPairs(["a", "a", "b"]), { binCount: 1 });
    feed(counter, [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const { mated, nonMated } = counter.histogram();
    expect([mated[0], nonMated[0]]).toEqual([1, 2]);
  });

  it("refuses a range that is none", () => {
    expect(() => histogramScores(labelScores(["a"], ["a"]), { low: 1, high: 1 })).toThrow(
      "histogramScores: got 200 bins from 1 to 1; it needs a whole number of bins and a range that ends above its beginning",
    );
  });
});

describe("keepScores", () => {
  it("keeps the matrix, and refuses half-done work", () => {
    const keeper = keepScores(2, 2);
    feed(keeper, [[1, 2]]);
    expect(() => keeper.scores()).toThrow("keepScores: 1 of 2 probes were scored; add every block before asking for the scores");
    keeper.add({ firstProbe: 1, scores: matrix32(1, 2, Float32Array.of(3, 4)) });
    expect([...keeper.scores().data]).toEqual([1, 2, 3, 4]);
  });
});
