import { expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { countRanks } from "../../lib/metrics/identification.js";
import { labelScores } from "../../lib/metrics/labels.js";
import { collectPairs } from "../../lib/metrics/pair-scores.js";
import { ranksOfPairs } from "../../lib/metrics/ranks-of-pairs.js";

it.each([0, 1, 2])("ranks kept scores as the blocks that they came in (seed %i)", (seed) => {
  const random = createRandom(seed);
  const names = (count: number, people: number): string[] => Array.from({ length: count }, () => `p${random.integer(people)}`);
  const labels = labelScores(names(30, 8), names(12, 6));
  // Few different values, so that there are ties.
  const scores = matrix32(
    30,
    12,
    Float32Array.from({ length: 360 }, () => random.integer(7) / 7),
  );
  const [counter, collector] = [countRanks(labels), collectPairs(labels)];
  for (const consumer of [counter, collector]) consumer.add({ firstProbe: 0, scores });
  expect(ranksOfPairs(collector.pairs())).toEqual(counter.ranks());
});
