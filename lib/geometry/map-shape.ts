import type { MomentsOptions } from "../align/cloud.js";
import { rankTolerance } from "../align/live-directions.js";
import type { AlignmentMap } from "../align/map.js";
import { ValueError } from "../core/errors.js";
import type { Matrix64 } from "../core/matrix.js";
import { scaleColumns } from "../linalg/scale-columns.js";
import { checkIntoTarget } from "./into-target.js";

/** What kind of map x ↦ (x − sourceMean) W + targetMean is; σ are the d = min(p, q) singular values of W. */
export interface MapShape {
  /** σ, descending. */
  readonly singularValues: Float64Array;
  /** Singular values of at least 1e-6 of the largest. */
  readonly rank: number;
  /** exp(entropy of σ² / Σσ²): how many directions carry the map's energy. */
  readonly effectiveRank: number;
  /** Mean of σ: the scale of the closest scaled rotation. */
  readonly scale: number;
  /** ‖WᵀW/c − I‖ / √d with c = Σσ²/d, over the smaller side: 0 for a scaled rotation. */
  readonly orthogonalityDefect: number;
  /** ‖W − √c U Vᵀ‖² / ‖W‖²: what the rotation of the same energy leaves unexplained. */
  readonly rotationError: number;
  /** Shares of ‖W‖² that simpler maps explain: 1 − ‖W − M‖² / ‖W‖² for the closest M of a kind. */
  readonly explained: {
    /** M = a I with a ≥ 0: the axes of both networks would be the same. */
    readonly scaledIdentity: number;
    /** M = U Vᵀ: turned, not scaled. Negative where the scale is far below 1. */
    readonly rotation: number;
    /** M = s U Vᵀ. At least as much as the other two. */
    readonly scaledRotation: number;
  };
  /** 1 − explained.scaledRotation = Var(σ) / mean(σ²): stretch that differs by direction, which shears angles. */
  readonly stretchShare: number;
  /** Of b = targetMean − sourceMean W, where the source's origin goes. */
  readonly shift: {
    readonly norm: number;
    /** ‖b‖ / ‖targetMean‖: 0 when W alone carries one mean onto the other; null when the target mean is zero. */
    readonly ofTargetMean: number | null;
  };
}

/**
 * How much of a map is rotation, scale, stretch and shift.
 *
 * Every direction of W counts alike, whether or not the source has energy there, and shares are of ‖W‖², not of the mapped rows: a
 * least-squares map can be far from a rotation in directions that hardly matter (see `measureMappedRotation`). Where the widths differ, a
 * rotation is a matrix whose smaller side is orthonormal.
 *
 * @throws ValueError when W is zero, or the map leads to a space other than the target's.
 */
export async function describeMap(map: AlignmentMap, { engine, signal }: MomentsOptions): Promise<MapShape> {
  checkIntoTarget(map, "describeMap");
  const { weights } = map;
  const { values } = await engine.svd(weights, { signal });
  if (!(values[0] > 0)) throw new ValueError(`describeMap: the weights of ${map.name} are zero; such a map has no shape`);
  const size = values.length;
  const sum = (term: (value: number) => number): number => values.reduce((total, value) => total + term(value), 0);
  const energy = sum((value) => value * value);
  const total = sum((value) => value);
  const mean = energy / size;
  let trace = 0;
  for (let i = 0; i < size; i++) trace += weights.data[i * weights.columns + i];
  const scaledRotation = Math.min(1, total ** 2 / (size * energy));
  return {
    singularValues: values,
    rank: values.filter((value) => value >= rankTolerance * values[0]).length,
    effectiveRank: Math.exp(sum((value) => (value > 0 ? -(value ** 2 / energy) * Math.log(value ** 2 / energy) : 0))),
    scale: total / size,
    orthogonalityDefect: Math.sqrt(sum((value) => (value ** 2 / mean - 1) ** 2) / size),
    rotationError: sum((value) => (value - Math.sqrt(mean)) ** 2) / energy,
    explained: {
      scaledIdentity: Math.max(0, trace) ** 2 / (size * energy),
      rotation: 1 - sum((value) => (value - 1) ** 2) / energy,
      scaledRotation,
    },
    stretchShare: 1 - scaledRotation,
    shift: shiftOf(map),
  };
}

/** W = rotation · stretch. */
export interface PolarSplit {
  /** U Vᵀ over the directions that W does not drop, p × q. */
  readonly rotation: Matrix64;
  /** V Σ Vᵀ, q × q: symmetric, its eigenvalues the singular values of W. */
  readonly stretch: Matrix64;
}

/**
 * Split a map into a turn of the source's space into the target's and a stretch of the target's along axes of its own.
 *
 * @throws ValueError when W is zero, or the map leads to a space other than the target's.
 * @see Higham 2008, Functions of Matrices, chapter 8
 */
export async function splitMap(map: AlignmentMap, { engine, signal }: MomentsOptions): Promise<PolarSplit> {
  checkIntoTarget(map, "splitMap");
  const { left, values, right } = await engine.svd(map.weights, { signal });
  if (!(values[0] > 0)) throw new ValueError(`splitMap: the weights of ${map.name} are zero; such a map has no shape`);
  const live = values.map((value) => (value >= rankTolerance * values[0] ? 1 : 0));
  return {
    rotation: await engine.product(scaleColumns(left, live), right, { transposeRight: true, signal }),
    stretch: await engine.product(scaleColumns(right, values), right, { transposeRight: true, signal }),
  };
}

function shiftOf({ weights, sourceMean, targetMean }: AlignmentMap): MapShape["shift"] {
  const { columns, data } = weights;
  const shift = targetMean.slice();
  sourceMean.forEach((value, i) => {
    for (let j = 0; j < columns; j++) shift[j] -= value * data[i * columns + j];
  });
  const norm = Math.hypot(...shift);
  const target = Math.hypot(...targetMean);
  return { norm, ofTargetMean: target > 0 ? norm / target : null };
}
