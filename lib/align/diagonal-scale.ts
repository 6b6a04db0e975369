import { scaleColumns } from "../linalg/scale-columns.js";
import type { MomentsOptions } from "./cloud.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { fitProcrustes } from "./procrustes.js";

/**
 * Fit the rotation of Procrustes, then one scale for each coordinate of the target.
 *
 * Minimises ‖S R D − T‖² over diagonal D, with R of fitProcrustes held: D = diag(RᵀSᵀT) / diag(RᵀSᵀS R). A coordinate that R leaves
 * empty keeps scale 1. The two steps together are not the best rotation and scale together.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError as fitProcrustes does.
 */
export async function fitDiagonalScale(moments: Moments, options: MomentsOptions): Promise<AlignmentMap> {
  const { engine, signal } = options;
  const rotation = await fitProcrustes(moments, options);
  const { rows: p, columns: q, data } = rotation.weights;
  const spread = await engine.product(moments.source.gram, rotation.weights, { signal });
  const overlap = new Float64Array(q);
  const energy = new Float64Array(q);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < q; j++) {
      overlap[j] += data[i * q + j] * moments.cross.data[i * q + j];
      energy[j] += data[i * q + j] * spread.data[i * q + j];
    }
  }
  const least = Number.EPSILON * moments.source.energy;
  const scales = overlap.map((value, j) => (energy[j] > least ? value / energy[j] : 1));
  return fittedMap(
    moments,
    {
      name: "procrustes-diagonal",
      weights: scaleColumns(rotation.weights, scales),
      parameterCount: rotation.parameterCount + q,
      rank: rotation.rank,
      objective: "‖S R − T‖, smaller side of R orthonormal, then ‖S R D − T‖², D diagonal",
    },
    options,
  );
}
