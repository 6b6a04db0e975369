import { expect } from "vitest";
import { matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import type { Engine } from "../../lib/linalg/index.js";
import { conditioned, expectClose } from "../close.js";
import { multiply, transposed } from "../synthetic.js";

const orthogonality = conditioned(100);

/** The factors are orthonormal, signed, in order, and give the matrix back to 1e-12 of its largest singular value. */
export async function expectSvd(engine: Engine, matrix: Matrix64): Promise<void> {
  const { left, values, right } = await engine.svd(matrix);
  expect([...values]).toEqual([...values].sort((a, b) => b - a));
  expect(values.every((value) => value >= 0)).toBe(true);
  expect([left.rows, left.columns, right.rows, right.columns]).toEqual([matrix.rows, values.length, matrix.columns, values.length]);
  expectOrthonormal(left);
  expectOrthonormal(right);
  expectSigned(left);
  const rebuilt = multiply(scaleColumns(left, values), transposed(right));
  const largest = values[0];
  rebuilt.data.forEach((value, k) => {
    if (Math.abs(value - matrix.data[k]) > 1e-12 * largest) expect.fail(`entry ${k} is ${value}, expected ${matrix.data[k]}`);
  });
}

export function expectOrthonormal(vectors: Matrix64): void {
  const count = vectors.columns;
  const unit = Float64Array.from({ length: count * count }, (_, k) => (k % (count + 1) === 0 ? 1 : 0));
  expectClose(multiply(transposed(vectors), vectors).data, unit, orthogonality);
}

/** The entry largest in magnitude of each column is positive; entries equal to it within rounding may be negative. */
export function expectSigned(vectors: Matrix64): void {
  const { rows: size, columns: count, data } = transposed(vectors);
  for (let j = 0; j < size; j++) {
    const column = data.subarray(j * count, (j + 1) * count);
    const highest = column.reduce((most, value) => Math.max(most, value), 0);
    const lowest = column.reduce((least, value) => Math.min(least, value), 0);
    expect(highest).toBeGreaterThanOrEqual(-lowest);
  }
}

export function scaleColumns({ rows, columns, data }: Matrix64, values: Float64Array): Matrix64 {
  return matrix64(
    rows,
    columns,
    data.map((value, k) => value * values[k % columns]),
  );
}

export function traceOf({ rows, data }: Matrix64): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i];
  return sum;
}
