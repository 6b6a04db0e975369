import { matrix64 } from "../core/matrix.js";
import { createRandom } from "../core/random.js";
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
  const random = createRandom(seed);
  const normal = matrix64(
    wide,
    narrow,
    Float64Array.from({ length: wide * narrow }, () => random.normal()),
  );
  const { factor } = await engine.polar(normal, { signal });
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
