import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { agglomerate, checkDistances, type Hierarchy } from "./hierarchy.js";

/** Where a merge stands in a drawing: leaves at 0, 1, 2 … in their order, a cluster in the middle between its parts. */
export interface DendrogramArm {
  readonly left: { readonly place: number; readonly height: number };
  readonly right: { readonly place: number; readonly height: number };
  /** Where both meet. */
  readonly height: number;
}

export interface Dendrogram {
  /** Items in an order in which no lines cross. */
  readonly order: readonly number[];
  /** One for each merge, in order of height. */
  readonly arms: readonly DendrogramArm[];
}

/** The drawing of a hierarchy: of two parts the one with the smaller number stands first, as in SciPy. */
export function layOutDendrogram({ itemCount, merges }: Hierarchy): Dendrogram {
  const itemsOf = (cluster: number): readonly number[] => {
    if (cluster < itemCount) return [cluster];
    const { first, second } = merges[cluster - itemCount];
    return [...itemsOf(first), ...itemsOf(second)];
  };
  const order = itemsOf(itemCount + merges.length - 1);
  const places: { readonly place: number; readonly height: number }[] = [];
  order.forEach((item, place) => (places[item] = { place, height: 0 }));
  const arms = merges.map(({ first, second, height }, k): DendrogramArm => {
    const [left, right] = [places[first], places[second]];
    places[itemCount + k] = { place: (left.place + right.place) / 2, height };
    return { left, right, height };
  });
  return { order, arms };
}

/** The height at which each two items are first in one cluster, M × M. */
export function copheneticDistances({ itemCount, merges }: Hierarchy): Matrix64 {
  const distances = matrix64(itemCount, itemCount);
  const itemsOf = (cluster: number): readonly number[] => (cluster < itemCount ? [cluster] : merges[cluster - itemCount].items);
  for (const { first, second, height } of merges) {
    for (const i of itemsOf(first)) {
      for (const j of itemsOf(second)) distances.data[i * itemCount + j] = distances.data[j * itemCount + i] = height;
    }
  }
  return distances;
}

/**
 * Pearson correlation of the distances with the heights at which items meet: 1 when the hierarchy says all that the distances say.
 *
 * @param distances those that were clustered.
 * @throws ValueError when they are of other items, or distances or heights are all equal, which leaves nothing to correlate.
 * @see Sokal, Rohlf 1962, doi:10.2307/1217208
 */
export function copheneticCorrelation(hierarchy: Hierarchy, distances: Matrix64): number {
  checkDistances(distances, "copheneticCorrelation");
  const { itemCount } = hierarchy;
  if (distances.rows !== itemCount) {
    throw new ValueError(
      `copheneticCorrelation: got distances of ${distances.rows} items and a hierarchy of ${itemCount}; pass those it was made of`,
    );
  }
  const heights = copheneticDistances(hierarchy);
  const upper = ({ data }: Matrix64): number[] => Array.from(data).filter((_, k) => k % itemCount > Math.floor(k / itemCount));
  const [one, other] = [centred(upper(distances)), centred(upper(heights))];
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const norms = Math.sqrt(dot(one, one) * dot(other, other));
  if (!(norms > 0)) throw new ValueError("copheneticCorrelation: all distances or all heights are equal; there is nothing to correlate");
  return Math.max(-1, Math.min(1, dot(one, other) / norms));
}

/** A cluster of a hierarchy, and how often it was found again. */
export interface ClusterStability {
  /** Items, ascending. */
  readonly items: readonly number[];
  readonly height: number;
  /** Share of the replicates whose hierarchy has a cluster of exactly these items. */
  readonly share: number;
}

/**
 * How often each cluster comes back when people are drawn anew: over the hierarchies of replicates, such as of distances from bootstrap
 * samples of subjects. The cluster of all items, which always comes back, is left out.
 *
 * @param replicates M × M distances each, of the same items in the same order.
 * @throws ValueError when there are none, or they are not distances of as many items.
 * @see Felsenstein 1985, doi:10.1111/j.1558-5646.1985.tb00420.x
 */
export function clusterStability({ itemCount, linkage, merges }: Hierarchy, replicates: readonly Matrix64[]): ClusterStability[] {
  if (replicates.length === 0) throw new ValueError("clusterStability: got no replicates; give at least one matrix of distances");
  const keyOf = (items: readonly number[]): string => items.join();
  const counts = new Map<string, number>();
  for (const distances of replicates) {
    checkDistances(distances, "clusterStability");
    if (distances.rows !== itemCount) {
      throw new ValueError(`clusterStability: got a replicate of ${distances.rows} items; the hierarchy has ${itemCount}`);
    }
    for (const { items } of agglomerate(distances, linkage).merges) {
      counts.set(keyOf(items), (counts.get(keyOf(items)) ?? 0) + 1);
    }
  }
  return merges.slice(0, -1).map(({ items, height }) => ({ items, height, share: (counts.get(keyOf(items)) ?? 0) / replicates.length }));
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.map((value) => value - mean);
  // Equal values leave rounding behind, which is no spread.
  return spread.every((value) => Math.abs(value) <= 1e-14 * Math.abs(mean)) ? spread.map(() => 0) : spread;
}
