import type { MomentsOptions } from "./cloud.js";
import { liveDirections } from "./live-directions.js";
import { fittedMap } from "./fitted-map.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { explainedBy, solveSpectral, spectralSolver } from "./spectral-solver.js";

/**
 * Fit the affine map with the least squared error on the training rows.
 *
 * Minimises ‖S W − T‖² over p × q matrices, S and T centred, and of all minimisers takes the one of least norm: W = S⁺T, with
 * directions of S below 1e-6 of the largest left out. It works on SᵀS, whose condition is the square of S's.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all source rows are equal.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., 5.5
 */
export async function fitLeastSquares(moments: Moments, options: MomentsOptions): Promise<AlignmentMap> {
  const { rows: p, columns: q } = moments.cross;
  const { rank } = await liveDirections(moments.source, options);
  const solver = await spectralSolver(moments, options);
  return fittedMap(
    moments,
    {
      name: "least-squares",
      weights: await solveSpectral(solver, 0, options),
      explained: explainedBy(solver, 0),
      parameterCount: p * q + q,
      effectiveDf: rank,
      rank: Math.min(rank, q),
      objective: "‖S W − T‖², least norm",
    },
    options,
  );
}
