import { ValueError } from "../core/errors.js";
import type { MomentsOptions } from "./cloud.js";
import { liftLive, liveCross, scaled } from "./live-cross.js";
import type { LiveDirections } from "./live-directions.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";

export interface PartialWhiteningOptions extends MomentsOptions {
  /** From 0, whitened as in CCA, to 1, not whitened: Procrustes. */
  readonly alpha: number;
}

/**
 * Whiten both clouds in part, turn one to the other, and undo the target's whitening: from CCA's map to the rotation.
 *
 * Minimises ‖S Zₛ R − T Zₜ‖ (Frobenius) over R whose smaller side is orthonormal; W = Zₛ R Zₜ⁻¹. Z = α I + (1 − α) σ G^(−½) with G the
 * cloud's Gram and σ² the mean of its eigenvalues, so that α does not depend on the cloud's scale. α = 1 is Procrustes, α = 0 CCA's map up
 * to its scale. Directions of either cloud below 1e-6 of its largest are left out, and W is zero on them.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when alpha is outside [0, 1], all rows of a cloud are equal, or the pairs are unrelated.
 * @see Williams, Kunz, Kornblith and Linderman 2021, arXiv:2110.14739, section 2.3
 */
export async function fitPartialWhitening(moments: Moments, { alpha, ...options }: PartialWhiteningOptions): Promise<AlignmentMap> {
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new ValueError(`fitPartialWhitening: alpha is ${alpha}; it must be from 0, whitened, to 1, not whitened`);
  }
  const { engine, signal } = options;
  const live = await liveCross(moments, options);
  const sourceFactors = whitening(live.source, alpha);
  const targetFactors = whitening(live.target, alpha);
  const { factor, rank } = await engine.polar(scaled(live.cross, sourceFactors, targetFactors), { signal });
  if (rank === 0) {
    throw new ValueError(
      `fitPartialWhitening: the cross-Gram of ${moments.count} pairs is zero; source and target rows must be paired and differ`,
    );
  }
  const { rows: p, columns: q } = moments.cross;
  const unwhitened = scaled(
    factor,
    sourceFactors,
    targetFactors.map((value) => 1 / value),
  );
  return fittedMap(
    moments,
    {
      name: "partial-whitening",
      weights: await liftLive(live, unwhitened, options),
      parameterCount: p * q + q,
      rank,
      objective: `‖S Zₛ R − T Zₜ‖, smaller side of R orthonormal, alpha ${alpha}; W = Zₛ R Zₜ⁻¹`,
    },
    options,
  );
}

/** The eigenvalues of Z. */
function whitening({ values, rank }: LiveDirections, alpha: number): Float64Array {
  const extent = Math.sqrt(values.reduce((sum, value) => sum + value, 0) / rank);
  return values.map((value) => alpha + ((1 - alpha) * extent) / Math.sqrt(value));
}
