import { expect, test } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { createTally } from "../../lib/metrics/tally.js";

test.each([1, 2, 7, 64, 5000])("a tally that sorts %i scores in at a time counts each distinct score, -0 as 0", (pendingCount) => {
  const random = createRandom(3);
  const scores = Float32Array.from({ length: 2000 }, () => Math.round(random.normal() * 60) / 64);
  scores.set([0, -0, Infinity, -Infinity, -0], 500);
  const tally = createTally(pendingCount);
  const expected = new Map<number, number>();
  for (const [i, score] of scores.entries()) {
    tally.add(score);
    expected.set(score, (expected.get(score) ?? 0) + 1); // a Map holds -0 as 0
    if (i === 900) tally.result();
  }
  const { scores: found, countOf } = tally.result();
  const ascending = [...expected].sort(([one], [other]) => one - other);
  expect(Array.from(found, (score) => score + 0)).toEqual(ascending.map(([score]) => score));
  expect(Array.from(found, (_, i) => countOf(i))).toEqual(ascending.map(([, count]) => count));
});

test("an empty tally has no scores", () => {
  expect(createTally(4).result().scores).toHaveLength(0);
});

test("a score is counted more often than 2^16 times", () => {
  const tally = createTally(50_000);
  for (let i = 0; i < 200_000; i++) tally.add(i % 4 === 0 ? 0.5 : 0.25);
  const { scores, countOf } = tally.result();
  expect(Array.from(scores, (score, i) => [score, countOf(i)])).toEqual([
    [0.25, 150_000],
    [0.5, 50_000],
  ]);
});
