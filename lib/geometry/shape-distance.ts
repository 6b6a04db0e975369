import type { MomentsOptions } from "../align/cloud.js";
import { liveCross, type LiveCross } from "../align/live-cross.js";
import type { Moments } from "../align/moments.js";

/** How far two clouds are from each other after the best rotation or reflection. */
export interface ShapeDistance {
  /** ‖S W − T‖ at the best W, of the centred rows as they are. */
  readonly procrustes: number;
  /** The same of clouds scaled to ‖S‖ = ‖T‖ = 1, in [0, √2]. */
  readonly unitProcrustes: number;
  /** ‖SᵀT‖_* / (‖S‖ ‖T‖), in [0, 1]: the cosine of `angle`. */
  readonly similarity: number;
  /** In radians, in [0, π/2]: a metric on shapes. */
  readonly angle: number;
}

/**
 * Procrustes distances of two paired clouds; ‖·‖_* is the sum of the singular values.
 *
 * `procrustes` is invariant to rotation and shift of either cloud, the others also to scale; none to other linear maps. Where widths differ
 * the narrower cloud counts as padded with zeros.
 *
 * @param moments sums over n pairs.
 * @throws ValueError when all rows of a cloud are equal.
 * @see Williams, Kunz, Kornblith, Linderman 2021, arXiv 2110.14739
 */
export async function shapeDistance(moments: Moments, options: MomentsOptions): Promise<ShapeDistance> {
  const similarity = await shapeSimilarity(await liveCross(moments, options), options);
  const [source, target] = [Math.sqrt(moments.source.energy), Math.sqrt(moments.target.energy)];
  return {
    procrustes: Math.sqrt(Math.max(0, (source - target) ** 2 + 2 * source * target * (1 - similarity))),
    unitProcrustes: Math.sqrt(2 * (1 - similarity)),
    similarity,
    angle: Math.acos(similarity),
  };
}

/** ‖SᵀT‖_* / (‖S‖ ‖T‖). */
export async function shapeSimilarity({ source, target, cross }: LiveCross, { engine, signal }: MomentsOptions): Promise<number> {
  const { nuclearNorm } = await engine.polar(cross, { signal });
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return Math.min(1, nuclearNorm / Math.sqrt(sum(source.values) * sum(target.values)));
}
