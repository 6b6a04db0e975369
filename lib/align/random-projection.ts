import { matrix64, type Matrix64 } from "../core/matrix.js";
import { createRandom, type Random } from "../core/random.js";
import { rectangular } from "./baselines.js";
import type { MomentsOptions } from "./cloud.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";

export interface RandomProjectionOptions extends MomentsOptions {
  readonly seed: number;
}

/**
 * No alignment: the wider of the centred clouds is projected on min(p, q) random directions, and compared with the other by index.
 *
 * The projection has orthonormal columns and is uniformly distributed: it is the polar factor of a matrix of normal numbers. Clouds of
 * one width are compared after a random rotation of the source. What it measures is chance, so take the mean over many seeds.
 *
 * @see Chikuse 2003, Statistics on Special Manifolds, doi:10.1007/978-0-387-21540-2
 */
export async function projectRandomly(moments: Moments, { seed, engine, signal }: RandomProjectionOptions): Promise<AlignmentMap> {
  const { rows: p, columns: q } = moments.cross;
  const [wide, narrow] = [Math.max(p, q), Math.min(p, q)];
  const factor = await randomOrthonormal(wide, narrow, createRandom(seed), { engine, signal });
  return affineMap(moments, {
    name: "random",
    weights: p < q ? rectangular(p, p) : factor,
    targetWeights: p < q ? factor : null,
    parameterCount: q,
    rank: narrow,
    engine: engine.name,
    objective: `none, seed ${seed}`,
  });
}

/** A wide × narrow matrix with orthonormal columns, uniformly distributed: the polar factor of normal numbers. */
export async function randomOrthonormal(
  wide: number,
  narrow: number,
  random: Random,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const normal = Float64Array.from({ length: wide * narrow }, () => random.normal());
  return (await engine.polar(matrix64(wide, narrow, normal), { signal })).factor;
}
