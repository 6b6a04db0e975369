import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, type Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "../align/cloud.js";
import type { Compatibility } from "./compatibility.js";

/** How far two clusters are: the mean or the largest distance of their members, or the growth of the sum of squares. */
export type Linkage = "average" | "complete" | "ward";

/** Two clusters become one. Clusters 0 … M − 1 are the items, cluster M + k is what merge k makes. */
export interface Merge {
  /** The smaller number of the two. */
  readonly first: number;
  readonly second: number;
  /** Their distance. */
  readonly height: number;
  /** Items of the new cluster, ascending. */
  readonly items: readonly number[];
}

export interface Hierarchy {
  readonly itemCount: number;
  readonly linkage: Linkage;
  /** M − 1 merges, heights ascending. */
  readonly merges: readonly Merge[];
}

/**
 * 1 − (S + Sᵀ)/2 off the diagonal: how far networks are, whichever way they are mapped; for metrics in [0, 1] of which more is better.
 *
 * @throws ValueError when the mean of a pair is above 1.
 */
export function compatibilityDistances({ networks, metric, values }: Compatibility): Matrix64 {
  const count = networks.length;
  const distances = matrix64(count, count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const mean = (values.data[i * count + j] + values.data[j * count + i]) / 2;
      if (mean > 1) {
        throw new ValueError(
          `compatibilityDistances: ${metric} of ${networks[i]} and ${networks[j]} is ${mean}; distances are 1 less a value of at most 1`,
        );
      }
      distances.data[i * count + j] = 1 - mean;
    }
  }
  return distances;
}

export interface HierarchyOptions extends MomentsOptions {
  /** Ward's takes Euclidean distances only. @defaultValue "average" */
  readonly linkage?: Linkage;
}

/**
 * Agglomerative clustering of M items: again and again the two nearest clusters become one (of equally near ones the first). Heights are
 * SciPy's.
 *
 * A hierarchy is found in any distances, of unrelated items as well: see the cophenetic correlation and `clusterStability`.
 *
 * @param distances M × M, symmetric, zero on the diagonal.
 * @throws ShapeError when the matrix is not square; ValueError when it is no matrix of distances, of fewer than two items, or Ward's linkage
 * is asked for and no points in any space have these distances.
 * @see Lance, Williams 1967, doi:10.1093/comjnl/9.4.373; Gower 1966, doi:10.1093/biomet/53.3-4.325, for the test of being Euclidean
 */
export async function clusterHierarchy(distances: Matrix64, { linkage = "average", engine, signal }: HierarchyOptions): Promise<Hierarchy> {
  checkDistances(distances, "clusterHierarchy");
  if (linkage === "ward" && !(await isEuclidean(distances, { engine, signal }))) {
    throw new ValueError(
      "clusterHierarchy: no points have these distances, and Ward's linkage means sums of squares of points; choose average or complete",
    );
  }
  return agglomerate(distances, linkage);
}

/** The clustering itself, of distances that were checked. */
export function agglomerate({ rows: itemCount, data }: Matrix64, linkage: Linkage): Hierarchy {
  interface Cluster {
    readonly number: number;
    readonly items: readonly number[];
    /** To the others, by their number. */
    readonly far: Map<number, number>;
  }
  const clusters: Cluster[] = Array.from({ length: itemCount }, (_, i) => ({
    number: i,
    items: [i],
    far: new Map(Array.from({ length: itemCount }, (_, j) => [j, data[i * itemCount + j]])),
  }));
  const merges: Merge[] = [];
  while (clusters.length > 1) {
    let [one, other, height] = [0, 1, Infinity];
    for (let a = 0; a < clusters.length; a++) {
      for (let b = a + 1; b < clusters.length; b++) {
        const distance = clusters[a].far.get(clusters[b].number)!;
        if (distance < height) [one, other, height] = [a, b, distance];
      }
    }
    const [first, second] = [clusters[one], clusters[other]];
    clusters.splice(other, 1);
    clusters.splice(one, 1);
    const number = itemCount + merges.length;
    const items = [...first.items, ...second.items].sort((a, b) => a - b);
    merges.push({ first: Math.min(first.number, second.number), second: Math.max(first.number, second.number), height, items });
    const far = new Map<number, number>();
    for (const cluster of clusters) {
      const distance = joinedDistance(linkage, {
        toFirst: first.far.get(cluster.number)!,
        toSecond: second.far.get(cluster.number)!,
        between: height,
        sizes: [first.items.length, second.items.length, cluster.items.length],
      });
      far.set(cluster.number, distance);
      cluster.far.set(number, distance);
    }
    clusters.push({ number, items, far });
  }
  return { itemCount, linkage, merges };
}

interface Joined {
  readonly toFirst: number;
  readonly toSecond: number;
  readonly between: number;
  /** Items of the first, the second, and the cluster that is looked from. */
  readonly sizes: readonly [number, number, number];
}

function joinedDistance(linkage: Linkage, { toFirst, toSecond, between, sizes: [first, second, own] }: Joined): number {
  switch (linkage) {
    case "average":
      return (first * toFirst + second * toSecond) / (first + second);
    case "complete":
      return Math.max(toFirst, toSecond);
    case "ward":
      return Math.sqrt(((first + own) * toFirst ** 2 + (second + own) * toSecond ** 2 - own * between ** 2) / (first + second + own));
  }
}

/** Whether points have these distances: −½ J D² J has no negative eigenvalue beyond rounding. */
async function isEuclidean({ rows: count, data }: Matrix64, { engine, signal }: MomentsOptions): Promise<boolean> {
  const squares = data.map((value) => value * value);
  const means = Float64Array.from({ length: count }, (_, i) => {
    return squares.subarray(i * count, (i + 1) * count).reduce((sum, value) => sum + value, 0) / count;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / count;
  const inner = squares.map((value, k) => (means[Math.floor(k / count)] + means[k % count] - value - mean) / 2);
  const { values } = await engine.eigh(matrix64(count, count, inner), { signal });
  return values[count - 1] >= -1e-10 * Math.abs(values[0]);
}

/** @throws ShapeError when the matrix is not square; ValueError when it is no matrix of distances between two items or more. */
export function checkDistances(distances: Matrix64, caller: string): void {
  const { rows, columns, data } = distances;
  if (rows !== columns) throw new ShapeError(`${caller}: got a ${rows} × ${columns} matrix of distances; it must be square`);
  if (rows < 2) throw new ValueError(`${caller}: got ${rows} items; clusters need at least two`);
  checkFinite(distances, caller);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const [value, mirrored] = [data[i * rows + j], data[j * rows + i]];
      if (value < 0 || value !== mirrored || (i === j && value !== 0)) {
        throw new ValueError(
          `${caller}: the distances of ${i} and ${j} are ${value} and ${mirrored}; they must be equal, not negative, and 0 of an item to itself`,
        );
      }
    }
  }
}
