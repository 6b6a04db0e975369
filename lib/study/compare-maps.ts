import { ValueError } from "../core/errors.js";
import { holm } from "../metrics/holm.js";
import { collapseDirections, testModels } from "../metrics/model-test.js";
import { wilcoxonSignedRank } from "../metrics/wilcoxon.js";
import type { ResultRow } from "./result-row.js";
import { keyOf } from "./study-spec.js";

/** What one map reaches less what another does, over pairs of networks. */
export interface MapComparison {
  readonly one: string;
  readonly other: string;
  /** Unordered pairs of networks, both directions of each taken together as their mean. */
  readonly pairCount: number;
  /** Hodges and Lehmann's: the median of all means of two differences. */
  readonly difference: number;
  /** From −1, where `other` is better in every pair, to 1. */
  readonly rankBiserial: number;
  /** Wilcoxon's two-sided p over unordered pairs. */
  readonly p: number;
  /** The same by Holm, over the comparisons that are made together. */
  readonly adjustedP: number;
  /** The smallest p that so many pairs can give. */
  readonly smallestP: number;
  /** Of the test over networks: pairs share them, and are fewer independent witnesses than they are many. */
  readonly modelP: number;
  /** The same by Holm. */
  readonly adjustedModelP: number;
  /** The smallest p that so many networks can give. */
  readonly smallestModelP: number;
}

/**
 * Compare maps two by two on the same pairs of networks, by Wilcoxon's signed ranks and by the permutation test over networks.
 *
 * @param rows of one fit set, test set, frame and seed; every unordered pair of the networks, in one direction at least.
 * @param comparisons names of maps: the first less the second.
 * @throws ValueError when there is no comparison, or a pair has not one value of the metric for either map; as `wilcoxonSignedRank` and
 * `testModels` do.
 */
export function compareMaps(
  rows: readonly ResultRow[],
  metric: string,
  comparisons: readonly (readonly [one: string, other: string])[],
): MapComparison[] {
  if (comparisons.length === 0) throw new ValueError("compareMaps: got no comparisons; name two maps at least");
  const measured = rows.filter((row) => row.metric === metric);
  const found = comparisons.map(([one, other]) => {
    const differences = differencesOf(measured, one, other);
    const { pairs } = collapseDirections(differences);
    const collapsed = pairs.flatMap((row, i) => row.slice(i + 1));
    const models = testModels(differences);
    return { one, other, pairCount: collapsed.length, ranks: wilcoxonSignedRank(collapsed), models };
  });
  const adjusted = holm(found.map(({ ranks }) => ranks.p));
  const adjustedModels = holm(found.map(({ models }) => models.p));
  return found.map(({ one, other, pairCount, ranks, models }, i) => ({
    one,
    other,
    pairCount,
    difference: ranks.hodgesLehmann,
    rankBiserial: ranks.rankBiserial,
    p: ranks.p,
    adjustedP: adjusted[i],
    smallestP: ranks.smallestP,
    modelP: models.p,
    adjustedModelP: adjustedModels[i],
    smallestModelP: models.smallestP,
  }));
}

function differencesOf(rows: readonly ResultRow[], one: string, other: string): { source: string; target: string; value: number }[] {
  const valuesOf = (map: string): Map<string, ResultRow> => {
    const values = new Map<string, ResultRow>();
    for (const row of rows) {
      if (row.map !== map) continue;
      const pair = keyOf(row);
      if (values.has(pair)) throw new ValueError(`compareMaps: ${map} has two values of ${pair}; pick rows of one set, frame and seed`);
      values.set(pair, row);
    }
    return values;
  };
  const [first, second] = [valuesOf(one), valuesOf(other)];
  const unmatched = [...first.keys(), ...second.keys()].find((pair) => !(first.has(pair) && second.has(pair)));
  if (first.size === 0 || unmatched !== undefined) {
    throw new ValueError(
      `compareMaps: ${one} and ${other} are not both there for ${unmatched ?? "any pair"}; measure both maps on the same pairs`,
    );
  }
  return [...first].map(([pair, { source, target, value }]) => ({ source, target, value: value - second.get(pair)!.value }));
}
