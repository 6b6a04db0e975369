import type { Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "./cloud.js";
import { liveDirections } from "./live-directions.js";
import { affineMap, type AlignmentMap, type FittedPart } from "./map.js";
import type { Moments } from "./moments.js";

/** What a fit found. */
export interface Fit extends Omit<FittedPart, "engine" | "condition" | "trainResidual"> {
  /** 2 tr(WᵀSᵀT) − ‖S W‖², what the map takes off the targets' energy. @defaultValue computed from the weights, by a product */
  readonly explained?: number;
}

/** The frozen map of a fit, with the condition of its source and its error on the training pairs. */
export async function fittedMap(moments: Moments, { explained, ...part }: Fit, options: MomentsOptions): Promise<AlignmentMap> {
  const { values, rank } = await liveDirections(moments.source, options);
  const lambda = part.lambda ?? 0;
  return affineMap(moments, {
    ...part,
    engine: options.engine.name,
    condition: Math.sqrt((values[0] + lambda) / (values[rank - 1] + lambda)),
    trainResidual: residualOf(moments, explained ?? (await explainedEnergy(moments, part.weights, options))),
  });
}

/** ‖S W − T‖² / ‖T‖²; null where all targets are equal. */
function residualOf({ target }: Moments, explained: number): number | null {
  return target.energy > 0 ? Math.max(0, (target.energy - explained) / target.energy) : null;
}

/** 2 tr(WᵀSᵀT) − ‖S W‖² of any W. */
async function explainedEnergy({ source, cross }: Moments, weights: Matrix64, { engine, signal }: MomentsOptions): Promise<number> {
  const spread = await engine.product(source.gram, weights, { signal });
  let explained = 0;
  for (let k = 0; k < spread.data.length; k++) explained += weights.data[k] * (2 * cross.data[k] - spread.data[k]);
  return explained;
}
