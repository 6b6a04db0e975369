import { setImmediate } from "node:timers/promises";
import { checkFinite, matrix64, type Matrix64 } from "../core/matrix.js";
import { checkLowerFinite, checkSquare } from "./check.js";
import { isSoundPivot, pivotError } from "./cholesky.js";
import { signedColumns } from "./eigh.js";
import type { Eigen, Engine, Polar, Svd, WorkOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { choleskyInto, eigenRowsInto, singularFactors, type SingularFactors } from "./openblas-lapack.js";
import type { OpenblasLibrary } from "./openblas-library.js";
import { checkTolerance } from "./polar.js";
import { signColumnsInto } from "./sign-columns.js";
import { firstColumns, numericalRank } from "./singular-directions.js";
import { transpose } from "./transpose.js";

/**
 * Decompositions by LAPACK.
 *
 * Each is one call that blocks the event loop (0.4 s for the singular vectors of 1,000 × 1,000); an abort is seen before and after it.
 */
export function createOpenblasFactors(library: OpenblasLibrary, product: Product): Pick<Engine, "eigh" | "svd" | "cholesky" | "polar"> {
  const takeApart = async ({ rows, columns, data }: Matrix64, signal: AbortSignal | undefined): Promise<SingularFactors> =>
    data.length === 0
      ? { left: new Float64Array(), values: new Float64Array(), rightRows: new Float64Array() }
      : between(signal, () => singularFactors(library, data.slice(), rows, columns));

  return {
    async eigh(symmetric: Matrix64, { signal }: WorkOptions = {}): Promise<Eigen> {
      checkSquare(symmetric, "eigh");
      checkLowerFinite(symmetric, "eigh");
      const { rows: size } = symmetric;
      const vectors = symmetric.data.slice();
      const values = size === 0 ? new Float64Array() : await between(signal, () => eigenRowsInto(library, vectors, size));
      return { values: values.toReversed(), vectors: signedColumns(matrix64(size, size, vectors)) };
    },

    async svd(matrix: Matrix64, { signal }: WorkOptions = {}): Promise<Svd> {
      checkFinite(matrix, "svd");
      const { left, values, rightRows } = await takeApart(matrix, signal);
      const count = Math.min(matrix.rows, matrix.columns);
      const firstSide = matrix64(matrix.rows, count, left);
      const secondSide = transpose(matrix64(count, matrix.columns, rightRows));
      signColumnsInto(firstSide, secondSide);
      return { left: firstSide, values, right: secondSide };
    },

    async cholesky(symmetric: Matrix64, { signal }: WorkOptions = {}): Promise<Matrix64> {
      checkSquare(symmetric, "cholesky");
      checkLowerFinite(symmetric, "cholesky");
      const { rows: size } = symmetric;
      const lower = matrix64(size, size, symmetric.data.slice());
      const failedAt = size === 0 ? -1 : await between(signal, () => choleskyInto(library, lower.data, size));
      if (failedAt >= 0) throw pivotError(failedAt, size, lower.data[failedAt * size + failedAt]);
      for (let i = 0; i < size; i++) {
        const pivot = lower.data[i * size + i] ** 2;
        if (!isSoundPivot(pivot, symmetric.data[i * size + i], size)) throw pivotError(i, size, pivot);
        lower.data.fill(0, i * size + i + 1, (i + 1) * size);
      }
      return lower;
    },

    async polar(matrix: Matrix64, { tolerance = 1e-12, signal }: WorkOptions & { readonly tolerance?: number } = {}): Promise<Polar> {
      checkTolerance(tolerance);
      checkFinite(matrix, "polar");
      const { left, values, rightRows } = await takeApart(matrix, signal);
      const rank = numericalRank(values, tolerance);
      const nuclearNorm = values.subarray(0, rank).reduce((sum, value) => sum + value, 0);
      const directions = firstColumns(matrix64(matrix.rows, values.length, left), rank);
      const carried = matrix64(rank, matrix.columns, rightRows.subarray(0, rank * matrix.columns));
      return { factor: await product(directions, carried, { signal }), nuclearNorm, rank };
    },
  };
}

/** Do the work after a turn of the event loop and before another, an abort being seen in both. */
async function between<T>(signal: AbortSignal | undefined, work: () => T): Promise<T> {
  signal?.throwIfAborted();
  await setImmediate();
  signal?.throwIfAborted();
  const result = work();
  await setImmediate();
  signal?.throwIfAborted();
  return result;
}
