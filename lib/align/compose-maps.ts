import { ShapeError, ValueError } from "../core/errors.js";
import type { MomentsOptions } from "./cloud.js";
import type { AlignmentMap } from "./map.js";

/**
 * One map after another, as a map: x ↦ second(first(x)), from the source of the first to the target of the second.
 *
 * W = W₁ W₂. The means between the two drop out where both were fitted about the same one; otherwise what lies between them, mapped on, is
 * part of the composed target mean, so that the raw frame is exactly one map after the other. The composed map knows the identities of
 * both fits; its count of training rows is that of both together, and it has no error or penalty of its own.
 *
 * @throws ShapeError when the first does not lead where the second starts; ValueError when either leads to a space other than its target's.
 */
export async function composeMaps(first: AlignmentMap, second: AlignmentMap, { engine, signal }: MomentsOptions): Promise<AlignmentMap> {
  if (first.targetDimension !== second.sourceDimension) {
    throw new ShapeError(
      `composeMaps: ${first.name} leads to ${first.targetDimension} dimensions and ${second.name} starts from ${second.sourceDimension}; the second must start from the first one's target`,
    );
  }
  for (const { name, targetWeights } of [first, second]) {
    if (targetWeights !== null) {
      throw new ValueError(
        `composeMaps: ${name} compares source and target in a third space; only maps into the target's can follow one another`,
      );
    }
  }
  const weights = await engine.product(first.weights, second.weights, { signal });
  const { rows, columns, data } = second.weights;
  const targetMean = second.targetMean.slice();
  for (let i = 0; i < rows; i++) {
    const between = first.targetMean[i] - second.sourceMean[i];
    for (let j = 0; j < columns; j++) targetMean[j] += between * data[i * columns + j];
  }
  return Object.freeze({
    name: `${first.name}-then-${second.name}`,
    sourceDimension: first.sourceDimension,
    targetDimension: second.targetDimension,
    weights,
    targetWeights: null,
    sourceMean: first.sourceMean,
    targetMean,
    frame: first.frame === "raw" && second.frame === "raw" ? "raw" : "centred",
    identities: Object.freeze([...new Set([...first.identities, ...second.identities])].sort()),
    trainCount: first.trainCount + second.trainCount,
    parameterCount: first.parameterCount + second.parameterCount,
    effectiveDf: null,
    rank: Math.min(first.rank, second.rank),
    condition: null,
    trainResidual: null,
    tuneResidual: null,
    lambda: null,
    lambdaRatio: null,
    engine: engine.name,
    objective: `${first.objective}; then ${second.objective}`,
  });
}
