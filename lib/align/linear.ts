import type { MomentsOptions } from "./cloud.js";
import { fitLeastSquares } from "./least-squares.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { aboutOrigin } from "./origin.js";

/**
 * Fit the linear map, without an offset, with the least squared error on the training rows.
 *
 * Minimises ‖X W − Y‖² over p × q matrices, X and Y as they are, not centred; of all minimisers the one of least norm. Directions of X
 * about the origin below 1e-6 of the largest are left out. No mean is taken off, so both frames give the same scores: cos(x W, y).
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all source rows are zero.
 */
export async function fitLinear(moments: Moments, options: MomentsOptions): Promise<AlignmentMap> {
  const uncentred = aboutOrigin(moments);
  const fitted = await fitLeastSquares(uncentred, options);
  return affineMap(uncentred, {
    ...fitted,
    name: "linear",
    frame: "raw",
    parameterCount: fitted.parameterCount - moments.target.mean.length,
    objective: "‖X W − Y‖², not centred, least norm",
  });
}
