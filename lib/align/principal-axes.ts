import { firstColumns } from "../linalg/singular-directions.js";
import type { MomentsOptions } from "./cloud.js";
import { liveDirections } from "./live-directions.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";

/**
 * No alignment: the k-th principal coordinate of the source is read as the k-th of the target.
 *
 * Each cloud is turned to its own principal axes, of which the first min(p, q) are kept, fewer where a cloud does not fill its space;
 * the pairs are not looked at. An axis points to where its largest entry is positive, which says nothing about the other network's.
 *
 * @throws ValueError when all rows of a cloud are equal.
 */
export async function matchPrincipalAxes(moments: Moments, options: MomentsOptions): Promise<AlignmentMap> {
  const source = await liveDirections(moments.source, options);
  const target = await liveDirections(moments.target, options);
  const count = Math.min(source.rank, target.rank);
  return affineMap(moments, {
    name: "pca",
    weights: firstColumns(source.vectors, count),
    targetWeights: firstColumns(target.vectors, count),
    parameterCount: moments.target.mean.length,
    rank: count,
    engine: options.engine.name,
    objective: "none; principal axes of each cloud by itself",
  });
}
