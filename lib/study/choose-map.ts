import { ValueError } from "../core/errors.js";
import type { ResultRow } from "./result-row.js";
import { summarise } from "./summary.js";

/**
 * The map whose mean over pairs is largest; of equals the one that comes first.
 *
 * @param rows what may be seen for the choice: of one fit set, test set, frame and seed.
 * @throws ValueError when there is no row of the metric, or maps were not measured on the same number of pairs.
 */
export function chooseMap(rows: readonly ResultRow[], metric: string): string {
  const means = summarise(rows.filter((row) => row.metric === metric));
  if (means.length === 0) throw new ValueError(`chooseMap: got no rows of ${metric}; measure the maps first`);
  const uneven = means.find(({ pairCount }) => pairCount !== means[0].pairCount);
  if (uneven !== undefined) {
    throw new ValueError(
      `chooseMap: ${uneven.map} was measured on ${uneven.pairCount} pairs and ${means[0].map} on ${means[0].pairCount}; measure all maps on the same`,
    );
  }
  return means.reduce((best, other) => (other.mean > best.mean ? other : best)).map;
}

/** What comes of a choice that was made without a network. */
export interface LeftOutNetwork {
  readonly network: string;
  /** The map that the pairs without the network choose. */
  readonly chosen: string;
  /** Its mean over the pairs without the network, which chose it. */
  readonly others: number;
  /** Its mean over the pairs with the network. */
  readonly value: number;
  /** The mean of the map that is best there. */
  readonly best: number;
}

/**
 * For each network: choose a map on the pairs without it, and see what it reaches on the pairs with it.
 *
 * @param chosenBy rows to choose by, such as those of one set.
 * @param tested rows to test on, of the same pairs.
 * @throws ValueError as chooseMap does.
 */
export function leaveOneNetworkOut(chosenBy: readonly ResultRow[], tested: readonly ResultRow[], metric: string): LeftOutNetwork[] {
  const networks = [...new Set(tested.flatMap(({ source, target }) => [source, target]))];
  return networks.map((network) => {
    const isIn = ({ source, target }: ResultRow): boolean => source === network || target === network;
    const seen = chosenBy.filter((row) => !isIn(row));
    const chosen = chooseMap(seen, metric);
    const own = tested.filter(isIn);
    return {
      network,
      chosen,
      others: meanOf(seen, chosen, metric),
      value: meanOf(own, chosen, metric),
      best: meanOf(own, chooseMap(own, metric), metric),
    };
  });
}

function meanOf(rows: readonly ResultRow[], map: string, metric: string): number {
  const [{ mean }] = summarise(rows.filter((row) => row.map === map && row.metric === metric));
  return mean;
}
