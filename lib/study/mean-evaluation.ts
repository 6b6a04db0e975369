import type { Evaluation } from "./evaluate.js";

/**
 * The mean of evaluations of the same test, such as those of several random projections; of one, that one.
 *
 * Hits of people are means, too. Bounds are the means of the bounds: they speak of other people, not of other draws. Curves are those of the first.
 */
export function meanEvaluation(evaluations: readonly Evaluation[]): Evaluation {
  const [first] = evaluations;
  if (evaluations.length === 1) return first;
  const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const meanBound = (i: number, bound: "low" | "high"): number | null => {
    const bounds = evaluations.flatMap(({ values }) => values[i][bound] ?? []);
    return bounds.length === evaluations.length ? meanOf(bounds) : null;
  };
  return {
    ...first,
    values: first.values.map(({ metric }, i) => ({
      metric,
      value: meanOf(evaluations.map(({ values }) => values[i].value)),
      low: meanBound(i, "low"),
      high: meanBound(i, "high"),
    })),
    people: { ...first.people, hits: first.people.hits.map((_, i) => meanOf(evaluations.map(({ people }) => people.hits[i]))) },
    degenerateCount: evaluations.reduce((sum, { degenerateCount }) => sum + degenerateCount, 0),
  };
}
