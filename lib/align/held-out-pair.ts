import { mapValues, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { MomentsOptions } from "./cloud.js";
import type { HeldOutSource } from "./held-out-source.js";
import { leftBlocks, leverageWeights, type LeftBlock } from "./left-directions.js";

/** What the errors of left-out rows are computed from. */
export interface HeldOutPair {
  readonly source: HeldOutSource;
  /** UᵀT, rank × q. */
  readonly along: Matrix64;
  /** n × q. */
  readonly target: Matrix32;
  readonly mean: Float64Array;
}

/** What U does not reach of the target rows of a block; zero where it fills all that centred rows can. */
export async function restOf(
  { source, along, target: { columns, data }, mean }: HeldOutPair,
  { first, columns: left }: LeftBlock,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  if (fillsAll(source)) return matrix64(left.columns, columns);
  const rest = await engine.product(left, along, { transposeLeft: true, signal });
  const offset = first * columns;
  for (let i = 0, k = 0; i < rest.rows; i++) {
    for (let j = 0; j < columns; j++, k++) rest.data[k] = data[offset + k] - mean[j] - rest.data[k];
  }
  return rest;
}

/** Whether U reaches all that centred rows can be. */
export function fillsAll({ directions, cloud }: HeldOutSource): boolean {
  return directions.rank === cloud.count - 1;
}

/** Σ w ‖r + (u ∘ f) UᵀT‖² over the rows for some of the penalties, row by row in float64. */
export async function measureErrors(pair: HeldOutPair, penalties: readonly number[], options: MomentsOptions): Promise<Float64Array> {
  const { source, along } = pair;
  const factors = columnsOf(source.factors, penalties);
  const errors = new Float64Array(penalties.length);
  for await (const block of leftBlocks(source, options)) {
    const weights = await leverageWeights(block, factors, source.cloud.count, options);
    const rest = await restOf(pair, block, options);
    for (let l = 0; l < penalties.length; l++) {
      const shrunk = mapValues(along, (value, k) => value * factors.data[Math.floor(k / along.columns) * factors.columns + l]);
      const { data } = await options.engine.product(block.columns, shrunk, { transposeLeft: true, signal: options.signal });
      for (let i = 0, k = 0; i < rest.rows; i++) {
        let energy = 0;
        for (let j = 0; j < rest.columns; j++, k++) energy += (rest.data[k] + data[k]) ** 2;
        errors[l] += weights.data[l * weights.columns + i] * energy;
      }
    }
  }
  return errors;
}

function columnsOf({ rows, columns, data }: Matrix64, indices: readonly number[]): Matrix64 {
  return matrix64(
    rows,
    indices.length,
    Float64Array.from(
      { length: rows * indices.length },
      (_, k) => data[Math.floor(k / indices.length) * columns + indices[k % indices.length]],
    ),
  );
}
