import { firstLine } from "../core/error-reason.js";
import { matrix32, matrix64 } from "../core/matrix.js";
import type { OpenblasLibrary } from "./openblas-library.js";
import { createOpenblasEngine } from "./openblas.js";

const closeness = 1e-12;

/**
 * Small problems with known answers, one for each routine that the engine calls.
 *
 * A library with other integers than its names say may end the process here, so call this in a process of its own first.
 *
 * @returns what went wrong; null when all is right.
 */
export async function findFault(library: OpenblasLibrary): Promise<string | null> {
  const engine = createOpenblasEngine(library);
  const left = [1, 2, 3, 4, 5, 6];
  const right = [1, 0, -1, 2, 1, 1];
  const root = Math.SQRT1_2;
  const symmetric = matrix64(2, 2, Float64Array.of(2, 1, 1, 2));
  try {
    const single = await engine.product(matrix32(2, 3, Float32Array.from(left)), matrix32(3, 2, Float32Array.from(right)));
    const double = await engine.product(matrix64(2, 3, Float64Array.from(left)), matrix64(3, 2, Float64Array.from(right)));
    const singleGram = await engine.gram(matrix32(3, 2, Float32Array.from(right)));
    const gram = await engine.gram(matrix64(3, 2, Float64Array.from(right)));
    const eigen = await engine.eigh(symmetric);
    const singular = await engine.svd(matrix64(3, 2, Float64Array.of(3, 0, 0, -2, 0, 0)));
    const lower = await engine.cholesky(matrix64(2, 2, Float64Array.of(4, 2, 2, 5)));
    const answers: readonly [routine: string, actual: Float32Array | Float64Array, expected: readonly number[]][] = [
      ["sgemm", single.data, [2, 7, 5, 16]],
      ["dgemm", double.data, [2, 7, 5, 16]],
      ["ssyrk", singleGram.data, [3, -1, -1, 5]],
      ["dsyrk", gram.data, [3, -1, -1, 5]],
      ["dsyevd", eigen.values, [3, 1]],
      ["dsyevd", eigen.vectors.data.map(Math.abs), [root, root, root, root]],
      ["dgesdd", singular.values, [3, 2]],
      ["dgesdd", singular.left.data, [1, 0, 0, 1, 0, 0]],
      ["dgesdd", singular.right.data, [1, 0, 0, -1]],
      ["dpotrf", lower.data, [2, 0, 1, 2]],
    ];
    const wrong = answers.find(
      ([, actual, expected]) =>
        actual.length !== expected.length || expected.some((value, i) => !(Math.abs(actual[i] - value) <= closeness)),
    );
    return wrong === undefined ? null : `${wrong[0]} gives ${[...wrong[1]].join(", ")} where ${wrong[2].join(", ")} is right`;
  } catch (error) {
    return firstLine(error);
  }
}
