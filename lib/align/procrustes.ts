import { ValueError } from "../core/errors.js";
import { mapValues, matrix64, type Matrix64 } from "../core/matrix.js";
import { determinantSign } from "../linalg/determinant-sign.js";
import type { Engine, Polar } from "../linalg/engine.js";
import { transpose } from "../linalg/transpose.js";
import type { MomentsOptions } from "./cloud.js";
import { liveDirections, liveRank } from "./live-directions.js";
import { fittedMap } from "./fitted-map.js";
import { affineMap, type AlignmentMap } from "./map.js";
import { knownReverse, type Moments } from "./moments.js";

export interface ProcrustesOptions extends MomentsOptions {
  /** Allow no reflection: det W = 1. @defaultValue false */
  readonly rotationOnly?: boolean;
  /** Also fit one isotropic scale, after the rotation; cosines in the centred frame do not see it. @defaultValue false */
  readonly scale?: boolean;
}

/** The rotation or reflection of one pair, for one direction. `nuclearNorm` is tr(WᵀSᵀT). */
interface Rotation extends Polar {
  readonly sourceRank: number;
  readonly targetRank: number;
}

const known = new WeakMap<Engine, WeakMap<Moments, Rotation>>();

/**
 * Fit the rotation or reflection W that brings the centred source cloud closest to the target's.
 *
 * Minimises ‖S W − T‖ (Frobenius) over matrices whose smaller side is orthonormal: W = U Vᵀ of SᵀT = U Σ Vᵀ. When the widths differ
 * this equals zero-padding the narrower cloud; when the source is wider, W drops energy, and scores are those of the narrower space.
 * Directions of either cloud below 1e-6 of its largest are left out first, and W is zero on them: where a cloud does not fill its
 * space, W is the partial isometry between what is filled. Reflections are allowed, unless the caller asks for rotations only: where
 * U Vᵀ is a reflection, the direction of the smallest singular value is then turned round, which costs the least. Where W is not
 * square, or is zero on some directions, it is a part of some rotation of the wider space, so that it stays what it is.
 *
 * The factor is computed once for a pair and serves its reverse (`reverseMoments`), whose W is the transpose.
 *
 * @param moments sums over n training pairs, source width p, target width q.
 * @throws ValueError when all rows of a cloud are equal, or SᵀT is zero.
 * @see Schönemann 1966, doi:10.1007/BF02289451; Kabsch 1976, doi:10.1107/S0567739476001873, for rotations only
 */
export async function fitProcrustes(
  moments: Moments,
  { scale = false, rotationOnly = false, ...options }: ProcrustesOptions,
): Promise<AlignmentMap> {
  const nearest = await rotation(moments, options);
  const { factor, nuclearNorm, rank, sourceRank, targetRank } = rotationOnly ? await withoutReflection(moments, nearest, options) : nearest;
  const keepsAll = sourceRank === factor.rows && sourceRank <= targetRank && rank === sourceRank; // W Wᵀ = I
  const energy = keepsAll ? moments.source.energy : await mappedEnergy(moments, factor, options);
  const c = scale ? nuclearNorm / energy : 1;
  const family = rotationOnly ? "smaller side orthonormal, no reflection" : "smaller side orthonormal";
  return fittedMap(
    moments,
    {
      name: ["procrustes", ...(rotationOnly ? ["rotation"] : []), ...(scale ? ["scaled"] : [])].join("-"),
      weights: scale ? mapValues(factor, (value) => c * value) : factor,
      explained: 2 * c * nuclearNorm - c * c * energy,
      parameterCount: countParameters(nearest) + moments.target.mean.length + (scale ? 1 : 0),
      rank,
      objective: `‖S W − T‖, ${family}${scale ? ", then ‖c S W − T‖" : ""}`,
    },
    options,
  );
}

/** The map of fitProcrustes without its condition and residual, which are null: they take an eigendecomposition of the source. @throws as fitProcrustes does. */
export async function fitBareProcrustes(moments: Moments, options: MomentsOptions): Promise<AlignmentMap> {
  const nearest = await rotation(moments, options);
  return affineMap(moments, {
    name: "procrustes",
    weights: nearest.factor,
    parameterCount: countParameters(nearest) + moments.target.mean.length,
    rank: nearest.rank,
    engine: options.engine.name,
    objective: "‖S W − T‖, smaller side orthonormal",
  });
}

function countParameters({ sourceRank, targetRank }: Rotation): number {
  const narrow = Math.min(sourceRank, targetRank);
  return Math.max(sourceRank, targetRank) * narrow - (narrow * (narrow + 1)) / 2;
}

async function rotation(moments: Moments, options: MomentsOptions): Promise<Rotation> {
  const { engine } = options;
  const rotations = known.get(engine) ?? new WeakMap<Moments, Rotation>();
  known.set(engine, rotations);
  const reverse = knownReverse(moments);
  const turned = reverse === undefined ? undefined : rotations.get(reverse);
  const found = rotations.get(moments) ?? (turned === undefined ? await computeRotation(moments, options) : turnedRotation(turned));
  rotations.set(moments, found);
  return found;
}

async function computeRotation(moments: Moments, options: MomentsOptions): Promise<Rotation> {
  const { engine, signal } = options;
  const { rows: p, columns: q } = moments.cross;
  const ranks = { sourceRank: await liveRank(moments.source, options), targetRank: await liveRank(moments.target, options) };
  const source = ranks.sourceRank === p ? null : (await liveDirections(moments.source, options)).vectors;
  const target = ranks.targetRank === q ? null : (await liveDirections(moments.target, options)).vectors;
  const fromSource = source === null ? moments.cross : await engine.product(source, moments.cross, { transposeLeft: true, signal });
  const live = target === null ? fromSource : await engine.product(fromSource, target, { signal });
  const polar = await engine.polar(live, { signal });
  if (polar.rank === 0) {
    throw new ValueError(
      `fitProcrustes: the cross-Gram of ${moments.count} pairs is zero; source and target rows must be paired and differ`,
    );
  }
  const lifted = source === null ? polar.factor : await engine.product(source, polar.factor, { signal });
  const factor = target === null ? lifted : await engine.product(lifted, target, { transposeRight: true, signal });
  return { ...polar, factor, ...ranks };
}

/** W − 2 u vᵀ with u and v of the smallest singular value σ of SᵀT, when W is a reflection; tr(WᵀSᵀT) falls by 2 σ. */
async function withoutReflection(moments: Moments, nearest: Rotation, { engine, signal }: MomentsOptions): Promise<Rotation> {
  const { factor, rank } = nearest;
  const { rows: size, columns } = factor;
  if (size !== columns || rank < size || (await determinantSign(factor, { signal })) > 0) return nearest;
  const { left, values, right } = await engine.svd(moments.cross, { signal });
  const turned = matrix64(size, size, factor.data.slice());
  for (let i = 0, k = 0; i < size; i++) {
    for (let j = 0; j < size; j++, k++) turned.data[k] -= 2 * left.data[(i + 1) * size - 1] * right.data[(j + 1) * size - 1];
  }
  return { ...nearest, factor: turned, nuclearNorm: nearest.nuclearNorm - 2 * values[size - 1] };
}

function turnedRotation({ factor, sourceRank, targetRank, ...rest }: Rotation): Rotation {
  return { ...rest, factor: transpose(factor), sourceRank: targetRank, targetRank: sourceRank };
}

/** ‖S W‖² = Σ (G W) ∘ W. */
async function mappedEnergy({ source }: Moments, factor: Matrix64, { engine, signal }: MomentsOptions): Promise<number> {
  const spread = await engine.product(source.gram, factor, { signal });
  let energy = 0;
  for (let i = 0; i < factor.data.length; i++) energy += spread.data[i] * factor.data[i];
  return energy;
}
