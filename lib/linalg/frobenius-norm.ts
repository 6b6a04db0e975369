import type { Matrix64 } from "../core/matrix.js";

/** Root of the sum of squares. */
export function frobeniusNorm({ data }: Matrix64): number {
  let energy = 0;
  for (let i = 0; i < data.length; i++) energy += data[i] * data[i];
  return Math.sqrt(energy);
}
