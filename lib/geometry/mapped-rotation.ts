import type { CloudMoments, MomentsOptions } from "../align/cloud.js";
import type { AlignmentMap } from "../align/map.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { checkIntoTarget } from "./into-target.js";

/** How close a scaled rotation comes to what a map does to a cloud. */
export interface MappedRotation {
  /** s of the closest s Q. */
  readonly scale: number;
  /** 1 − ‖S W − s S Q‖² / ‖S W‖² of the centred rows S. */
  readonly share: number;
}

/**
 * How much of what a map does to the rows of a cloud a rotation with one scale would do: Q of Procrustes from S to S W, the polar factor of
 * SᵀS W, and the s that fits best.
 *
 * `describeMap` counts every direction of W alike; here a direction counts as much as the cloud fills it. It says nothing of how close either
 * comes to the target.
 *
 * @param cloud of the source network, such as the training rows'.
 * @throws ShapeError when the cloud is not as wide as the map's source; ValueError when the map takes all of the cloud to one point, or leads
 * to a space other than the target's.
 * @see Schönemann 1966, doi:10.1007/BF02289451
 */
export async function measureMappedRotation(
  map: AlignmentMap,
  cloud: CloudMoments,
  { engine, signal }: MomentsOptions,
): Promise<MappedRotation> {
  checkIntoTarget(map, "measureMappedRotation");
  const { name, weights } = map;
  if (cloud.gram.rows !== weights.rows) {
    throw new ShapeError(
      `measureMappedRotation: got a cloud of width ${cloud.gram.rows}; ${name} starts from ${weights.rows}, so pass its source's`,
    );
  }
  const spread = await engine.product(cloud.gram, weights, { signal });
  const energy = dot(weights.data, spread.data);
  if (!(energy > 0))
    throw new ValueError(`measureMappedRotation: ${name} takes all rows of the cloud to one point; nothing is left to compare`);
  const { factor, nuclearNorm } = await engine.polar(spread, { signal });
  const turned = dot(factor.data, (await engine.product(cloud.gram, factor, { signal })).data);
  return { scale: nuclearNorm / turned, share: Math.min(1, nuclearNorm ** 2 / (turned * energy)) };
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < left.length; k++) sum += left[k] * right[k];
  return sum;
}
