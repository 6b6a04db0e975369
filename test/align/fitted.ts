import { applyMap, computeMoments, placeTargets, type AlignmentMap, type Moments, type PairedRows } from "../../lib/align/index.js";
import { matrix32, matrix64, type Matrix32 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { cloudPair, multiply, type CloudPair, type CloudPairOptions } from "../synthetic.js";

const engine = await chooseEngine();

/** Four pairs whose cross-Gram is zero. */
export const unrelated: Moments = await computeMoments(
  matrix32(4, 1, Float32Array.of(1, -1, 1, -1)),
  matrix32(4, 1, Float32Array.of(1, 1, -1, -1)),
  ["a", "b", "c", "d"],
  { engine },
);

export async function made(options: CloudPairOptions): Promise<{ pair: CloudPair; moments: Moments }> {
  const pair = cloudPair(options);
  return { pair, moments: await computeMoments(pair.source, pair.target, pair.identities, { engine }) };
}

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `made/${Math.floor(i / 4)}`);
}

/** ‖S W − T‖² from moments. */
export function residual({ source, target, cross }: Moments, weights: Float64Array): number {
  const spread = multiply(source.gram, matrix64(cross.rows, cross.columns, weights));
  return target.energy + weights.reduce((sum, value, k) => sum + value * (spread.data[k] - 2 * cross.data[k]), 0);
}

export async function meanCosineOf(map: AlignmentMap, { source, target }: PairedRows): Promise<number> {
  const mapped = await applyMap(map, source, { engine });
  const wanted = await placeTargets(map, target, { engine });
  const row = ({ columns, data }: Matrix32, i: number): Float32Array => data.subarray(i * columns, (i + 1) * columns);
  let sum = 0;
  for (let i = 0; i < source.rows; i++) {
    const [got, want] = [row(mapped, i), row(wanted, i)];
    sum += dot(got, want) / Math.sqrt(dot(got, got) * dot(want, want));
  }
  return sum / source.rows;
}

export function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, i) => sum + value * right[i], 0);
}

export function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}
