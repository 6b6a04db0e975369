import { matrix64, type Matrix64 } from "../core/matrix.js";
import { exceeds } from "./cholesky.js";
import type { WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";

/**
 * How far a step may stretch. x ↦ s x (3 − s² x²) / 2 takes 1 to one half at this s, which costs one bit and makes small values
 * grow by 2.3 a step instead of 1.5.
 */
const largestStretch = 1.53;

/** Most matrices are better conditioned than this; those that are need half the steps. */
const usualFloor = 1e-5;

/** Below this distance from 1 a plain step ends within rounding. */
const nearlyDone = 1e-9;

/**
 * Replace every singular value of a tall matrix that is at least `floor` times the largest by 1; smaller ones end between 0 and 1.
 *
 * Newton–Schulz steps X ← s X (3 I − s² XᵀX) / 2 with s as large as the smallest value that counts allows; products only.
 *
 * @param tall m × n, m ≥ n, largest entry 1.
 * @see Higham, Functions of Matrices, 8.3; Nakatsukasa and Higham 2012, doi:10.1137/110857544, on the stability of such steps
 */
export async function nearestIsometry(tall: Matrix64, floor: number, product: Product, options: WorkOptions = {}): Promise<Matrix64> {
  let gram = await product(tall, tall, { ...options, transposeLeft: true });
  const bound = Math.sqrt(frobeniusNorm(gram));
  let current = scaled(tall, 1 / bound);
  gram = scaled(gram, 1 / (bound * bound));
  const isUsual = floor < usualFloor && (await exceeds(gram, usualFloor ** 2, options));
  let smallest = isUsual ? usualFloor : floor / tall.columns ** 0.25;
  for (;;) {
    const isNearlyDone = 1 - smallest < nearlyDone;
    const stretch = isNearlyDone ? 1 : Math.min(Math.sqrt(3 / (1 + smallest + smallest * smallest)), largestStretch);
    current = await product(current, stepMatrix(gram, stretch), options);
    if (isNearlyDone) return current;
    smallest = Math.min(step(stretch * smallest), step(stretch));
    gram = await product(current, current, { ...options, transposeLeft: true });
  }
}

/** One plain step: takes columns that are orthonormal to 1e-8 to rounding. */
export async function polish(nearly: Matrix64, product: Product, options: WorkOptions = {}): Promise<Matrix64> {
  const gram = await product(nearly, nearly, { ...options, transposeLeft: true });
  return product(nearly, stepMatrix(gram, 1), options);
}

function step(x: number): number {
  return (x * (3 - x * x)) / 2;
}

/** s (3 I − s² G) / 2. */
function stepMatrix(gram: Matrix64, stretch: number): Matrix64 {
  const size = gram.rows;
  const factor = scaled(gram, -(stretch ** 3) / 2);
  for (let i = 0; i < size; i++) factor.data[i * size + i] += 1.5 * stretch;
  return factor;
}

function scaled({ rows, columns, data }: Matrix64, factor: number): Matrix64 {
  const result = matrix64(rows, columns);
  for (let i = 0; i < data.length; i++) result.data[i] = factor * data[i];
  return result;
}

/** Root of the sum of squares. */
export function frobeniusNorm({ data }: Matrix64): number {
  let energy = 0;
  for (let i = 0; i < data.length; i++) energy += data[i] * data[i];
  return Math.sqrt(energy);
}
