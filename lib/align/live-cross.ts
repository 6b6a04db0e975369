import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "./cloud.js";
import { liveDirections, type LiveDirections } from "./live-directions.js";
import type { Moments } from "./moments.js";

/** A pair of clouds, each in the directions in which it has extent. */
export interface LiveCross {
  readonly source: LiveDirections;
  readonly target: LiveDirections;
  /** Vₛᵀ SᵀT Vₜ, rank of the source × rank of the target. */
  readonly cross: Matrix64;
}

/** The cross-Gram in the live directions of both clouds. @throws ValueError when all rows of a cloud are equal. */
export async function liveCross(moments: Moments, options: MomentsOptions): Promise<LiveCross> {
  const { engine, signal } = options;
  const source = await liveDirections(moments.source, options);
  const target = await liveDirections(moments.target, options);
  const half = await engine.product(source.vectors, moments.cross, { transposeLeft: true, signal });
  return { source, target, cross: await engine.product(half, target.vectors, { signal }) };
}

/** Vₛ · live · Vₜᵀ: the p × q matrix that is `live` on the live directions, and zero elsewhere. */
export async function liftLive({ source, target }: LiveCross, live: Matrix64, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  const half = await engine.product(source.vectors, live, { signal });
  return engine.product(half, target.vectors, { transposeRight: true, signal });
}

/** diag(left) · matrix · diag(right). */
export function scaled({ rows, columns, data }: Matrix64, left: Float64Array, right: Float64Array): Matrix64 {
  return matrix64(
    rows,
    columns,
    data.map((value, k) => left[Math.floor(k / columns)] * value * right[k % columns]),
  );
}
