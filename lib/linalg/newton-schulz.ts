import type { Matrix64 } from "../core/matrix.js";
import type { WorkOptions } from "./engine.js";
import { frobeniusNorm } from "./frobenius-norm.js";
import type { Product } from "./onnx-product.js";
import { halleyStep, inverseStep, type BoundedRows } from "./rational-steps.js";
import { rowGram } from "./row-gram.js";
import { transpose } from "./transpose.js";

/**
 * How far a step may stretch. x ↦ s x (3 − s² x²) / 2 takes 1 to one half at this s, which costs one bit and makes small values
 * grow by 2.3 a step instead of 1.5.
 */
const largestStretch = 1.53;

/** From here on Newton–Schulz steps, which need no inverse, cost least. */
const nearEnough = 0.9;

/** Below this distance from 1 a plain step ends within rounding. */
const nearlyDone = 1e-9;

export interface NearIsometry {
  /** m × n. */
  readonly isometry: Matrix64;
  /** No singular value of the matrix is below this share of the largest; 0 when nothing is sure. */
  readonly leastShare: number;
}

/**
 * Replace every singular value of a tall matrix that is at least `floor` times the largest by 1; smaller ones end between 0 and 1.
 *
 * Where the smallest value is surely not rounding, a step by the inverse and Halley's steps bring all near 1 first. Then, or else from the
 * start, Newton–Schulz steps X ← s (3 I − s² X Xᵀ) X / 2, on the transpose so that Grams are of rows, with s as large as the smallest
 * value that counts allows; products only.
 *
 * @param tall m × n, m ≥ n, largest entry 1.
 * @see Higham, Functions of Matrices, 8.3; Nakatsukasa and Higham 2012, doi:10.1137/110857544, on the stability of such steps
 */
export async function nearestIsometry(tall: Matrix64, floor: number, product: Product, options: WorkOptions = {}): Promise<NearIsometry> {
  let current = transpose(tall);
  let gram = await rowGram(current, product, options);
  const bound = Math.sqrt(frobeniusNorm(gram));
  scaleInto(current, 1 / bound);
  scaleInto(gram, 1 / (bound * bound));
  const inverted = await inverseStep(current, gram, product, options);
  let smallest = floor / tall.columns ** 0.25;
  if (inverted !== null) {
    let bounded: BoundedRows | null = inverted.step;
    while (bounded !== null) {
      ({ rows: current, smallest } = bounded);
      bounded = smallest < nearEnough ? await halleyStep(bounded, product, options) : null;
    }
    gram = await rowGram(current, product, options);
  }
  for (;;) {
    const isNearlyDone = 1 - smallest < nearlyDone;
    const stretch = isNearlyDone ? 1 : Math.min(Math.sqrt(3 / (1 + smallest + smallest * smallest)), largestStretch);
    turnIntoStep(gram, stretch);
    current = await product(gram, current, options);
    if (isNearlyDone) return { isometry: transpose(current), leastShare: inverted?.leastShare ?? 0 };
    smallest = Math.min(step(stretch * smallest), step(stretch));
    gram = await rowGram(current, product, options);
  }
}

/** One plain step: takes columns that are orthonormal to 1e-8 to rounding. */
export async function polish(nearly: Matrix64, product: Product, options: WorkOptions = {}): Promise<Matrix64> {
  const gram = await product(nearly, nearly, { ...options, transposeLeft: true });
  turnIntoStep(gram, 1);
  return product(nearly, gram, options);
}

function step(x: number): number {
  return (x * (3 - x * x)) / 2;
}

/** G becomes s (3 I − s² G) / 2. */
function turnIntoStep(gram: Matrix64, stretch: number): void {
  scaleInto(gram, -(stretch ** 3) / 2);
  for (let i = 0; i < gram.rows; i++) gram.data[i * gram.rows + i] += 1.5 * stretch;
}

function scaleInto({ data }: Matrix64, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] *= factor;
}
