import { ValueError } from "../core/errors.js";
import { scaleColumns } from "../linalg/scale-columns.js";
import type { MomentsOptions } from "./cloud.js";
import { liftLive, liveCross, scaled } from "./live-cross.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";

export interface CcaFit {
  readonly map: AlignmentMap;
  /** Canonical correlations, descending. All are 1 where rows are fewer than the columns of a cloud. */
  readonly correlations: Float64Array;
}

/**
 * Whiten the source cloud, turn it to the whitened target, and give it the target's extent: canonical correlation analysis as a map.
 *
 * With G and H the Grams of source and target and G^(−½) SᵀT H^(−½) = U Σ Qᵀ, whose singular values are the canonical correlations,
 * W = G^(−½) U Qᵀ H^(½). Weighting canonical directions by Σ before the last step would give least squares, and is not done.
 * Directions of either cloud below 1e-6 of its largest are left out, and W is zero on them.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all rows of a cloud are equal, or the pairs are unrelated.
 * @see Hotelling 1936, doi:10.1093/biomet/28.3-4.321; Artetxe, Labaka and Agirre 2018, doi:10.1609/aaai.v32i1.11992, for the steps
 */
export async function fitCca(moments: Moments, options: MomentsOptions): Promise<CcaFit> {
  const { engine, signal } = options;
  const live = await liveCross(moments, options);
  const [sourceExtent, targetExtent] = [live.source, live.target].map(({ values }) => values.map(Math.sqrt));
  const sourceWhitening = sourceExtent.map((extent) => 1 / extent);
  const svd = await engine.svd(
    scaled(
      live.cross,
      sourceWhitening,
      targetExtent.map((extent) => 1 / extent),
    ),
    { signal },
  );
  const rank = svd.values.filter((value) => value > 1e-12).length;
  if (rank === 0) {
    throw new ValueError(`fitCca: the cross-Gram of ${moments.count} pairs is zero; source and target rows must be paired and differ`);
  }
  const kept = Float64Array.from(svd.values, (_, i) => (i < rank ? 1 : 0));
  const rotation = await engine.product(scaleColumns(svd.left, kept), svd.right, { transposeRight: true, signal });
  const { rows: p, columns: q } = moments.cross;
  const map = await fittedMap(
    moments,
    {
      name: "cca",
      weights: await liftLive(live, scaled(rotation, sourceWhitening, targetExtent), options),
      parameterCount: p * q + q,
      rank,
      objective: "‖S G^(−½) R − T H^(−½)‖, smaller side of R orthonormal; W = G^(−½) R H^(½)",
    },
    options,
  );
  return { map, correlations: svd.values.map((value) => Math.min(1, value)) };
}
