import { ValueError } from "../core/errors.js";
import { matrix64 } from "../core/matrix.js";
import { numericalRank } from "../linalg/singular-directions.js";
import type { MomentsOptions } from "./cloud.js";
import { rankTolerance } from "./live-directions.js";
import type { AlignmentMap } from "./map.js";

/**
 * The map back, from target to source: y ↦ (y − targetMean) W⁺ + sourceMean.
 *
 * W⁺ is the pseudo-inverse, without singular values below 1e-6 of the largest: Wᵀ for a rotation, the inverse where there is one, and
 * otherwise what brings mapped rows back as closely as can be. It is not the map that a fit from target to source finds. Parameters and
 * penalty stay those of the fit.
 *
 * @throws ValueError when W is zero, or when the map leads to a space other than the target's.
 */
export async function invertMap(map: AlignmentMap, { engine, signal }: MomentsOptions): Promise<AlignmentMap> {
  if (map.targetWeights !== null) {
    throw new ValueError(`invertMap: ${map.name} compares source and target in a third space; only a map into the target's has a way back`);
  }
  const { left, values, right } = await engine.svd(map.weights, { signal });
  const rank = numericalRank(values, rankTolerance);
  if (rank === 0) throw new ValueError(`invertMap: the weights of ${map.name} are zero; nothing leads back`);
  const scaled = right.data.map((value, k) => (k % values.length < rank ? value / values[k % values.length] : 0));
  const weights = await engine.product(matrix64(right.rows, right.columns, scaled), left, { transposeRight: true, signal });
  return Object.freeze({
    ...map,
    name: `${map.name}-inverse`,
    sourceDimension: map.targetDimension,
    targetDimension: map.sourceDimension,
    weights,
    sourceMean: map.targetMean,
    targetMean: map.sourceMean,
    effectiveDf: null,
    condition: null,
    trainResidual: null,
    tuneResidual: null,
    rank,
    engine: engine.name,
    objective: `pseudo-inverse of: ${map.objective}`,
  });
}
