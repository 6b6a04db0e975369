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
  const { scores: found, counts } = tally.result();
  const ascending = [...expected].sort(([one], [other]) => one - other);
  expect(Array.from(found, (score) => score + 0)).toEqual(ascending.map(([score]) => score));
  expect([...counts]).toEqual(ascending.map(([, count]) => count));
});

test("an empty tally has no scores", () => {
  expect(createTally(4).result().scores).toHaveLength(0);
});
