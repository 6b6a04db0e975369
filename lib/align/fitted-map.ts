import type { MomentsOptions } from "./cloud.js";
import { liveDirections } from "./live-directions.js";
import { affineMap, type AlignmentMap, type FittedPart } from "./map.js";
import type { Moments } from "./moments.js";

/** The frozen map of a fit, with the condition of its source and its error on the training pairs. */
export async function fittedMap(
  moments: Moments,
  part: Omit<FittedPart, "engine" | "condition" | "trainResidual">,
  options: MomentsOptions,
): Promise<AlignmentMap> {
  const { values, rank } = await liveDirections(moments.source, options);
  const lambda = part.lambda ?? 0;
  return affineMap(moments, {
    ...part,
    engine: options.engine.name,
    condition: Math.sqrt((values[0] + lambda) / (values[rank - 1] + lambda)),
    trainResidual: await trainResidual(moments, part, options),
  });
}

/** ‖S W − T‖² / ‖T‖² from the sums; null where all targets are equal. */
async function trainResidual(
  { source, target, cross }: Moments,
  { weights }: Pick<FittedPart, "weights">,
  { engine, signal }: MomentsOptions,
): Promise<number | null> {
  if (!(target.energy > 0)) return null;
  const spread = await engine.product(source.gram, weights, { signal });
  let error = target.energy;
  for (let k = 0; k < spread.data.length; k++) error += weights.data[k] * (spread.data[k] - 2 * cross.data[k]);
  return Math.max(0, error / target.energy);
}
