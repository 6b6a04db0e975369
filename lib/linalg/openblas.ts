import type { Engine } from "./engine.js";
import { createOpenblasFactors } from "./openblas-factors.js";
import type { OpenblasLibrary } from "./openblas-library.js";
import { shareLibrary } from "./openblas-threads.js";
import { createOpenblasProduct, gramBySyrk } from "./openblas-product.js";

/**
 * Dense algebra by OpenBLAS and its LAPACK, called in this process through koffi.
 *
 * The library decides on its threads (OPENBLAS_NUM_THREADS, else one a core), for the whole process. During `onThreads` a call
 * takes one.
 *
 * @param library one that passed its self-test, as `findOpenblas` gives it.
 */
export function createOpenblasEngine(library: OpenblasLibrary): Engine {
  const product = createOpenblasProduct(library);
  return Object.freeze({
    name: "openblas",
    product,
    gram: (rows, options) => gramBySyrk(library, rows, options),
    ...createOpenblasFactors(library, product),
    ...(library.threadCount === null ? {} : shareLibrary(library, library.threadCount)),
  } satisfies Engine);
}
