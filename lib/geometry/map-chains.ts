import type { MomentsOptions } from "../align/cloud.js";
import { composeMaps } from "../align/compose-maps.js";
import { applyMap, type AlignmentMap } from "../align/map.js";
import { measureFit, type FitQuality } from "../align/measure-fit.js";
import { ShapeError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";

/**
 * How rows come back from A → B → A: the squared distance from where they were over their energy about the mean where the way ends, and the
 * mean cosine with it.
 *
 * Rows that come back whole say that nothing was lost on the way, not that the way led to the right place: a rotation and its transpose
 * always do.
 *
 * @param rows n × p of network A.
 * @throws ShapeError when the maps do not lead there and back, or the rows are not as wide; ValueError as measureFit does.
 */
export async function measureCycle(
  forward: AlignmentMap,
  backward: AlignmentMap,
  rows: Matrix32,
  options: MomentsOptions,
): Promise<FitQuality> {
  const cycle = await composeMaps(forward, backward, options);
  if (cycle.targetDimension !== cycle.sourceDimension) {
    throw new ShapeError(
      `measureCycle: the way goes from ${cycle.sourceDimension} to ${cycle.targetDimension} dimensions; the second map must lead back to the first one's source`,
    );
  }
  return measureFit(cycle, { source: rows, target: rows }, options);
}

/**
 * How close A → B → C comes to A → C: the same measures of the rows that came by B, with those that came straight as what is wanted.
 *
 * Neither way is the truth; score both against the target's own rows to see which one recognises better.
 *
 * @param rows n × p of network A.
 * @throws ShapeError when the ways do not start and end together, or the rows are not as wide; ValueError as measureFit does.
 */
export async function measureTriangle(
  first: AlignmentMap,
  second: AlignmentMap,
  straight: AlignmentMap,
  rows: Matrix32,
  options: MomentsOptions,
): Promise<FitQuality> {
  const way = await composeMaps(first, second, options);
  if (way.sourceDimension !== straight.sourceDimension || way.targetDimension !== straight.targetDimension) {
    throw new ShapeError(
      `measureTriangle: one way goes from ${way.sourceDimension} to ${way.targetDimension} dimensions, the other from ${straight.sourceDimension} to ${straight.targetDimension}; both must start and end together`,
    );
  }
  return measureFit(way, { source: rows, target: await applyMap(straight, rows, { ...options, frame: "raw" }) }, options);
}
