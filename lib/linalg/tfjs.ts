import type { Matrix } from "../core/matrix.js";
import type { Engine, ProductOptions } from "./engine.js";
import { loadTfjs } from "./load-tfjs.js";
import type { Product } from "./onnx-product.js";
import { createTfjsProduct, type TfjsProductSettings } from "./tfjs-product.js";

/**
 * Float32 products on TensorFlow.js: the GPU where the add-on runs, else WebAssembly or JavaScript.
 *
 * TensorFlow.js computes in float32 alone, so everything float64 (Grams, decompositions, float64 products) is done by `doubles` in its
 * own width; nothing is rounded on the way.
 *
 * @param doubles the engine for float64, usually the onnx engine.
 */
export async function createTfjsEngine(doubles: Engine, settings: TfjsProductSettings = {}): Promise<Engine> {
  const { tf } = await loadTfjs();
  const singles: Product = createTfjsProduct(tf, settings);
  return Object.freeze({
    name: "tfjs",
    product: <M extends Matrix>(left: M, right: M, options?: ProductOptions): Promise<M> =>
      left.data instanceof Float64Array ? doubles.product(left, right, options) : singles(left, right, options),
    gram: (rows, options) => doubles.gram(rows, options),
    eigh: (symmetric, options) => doubles.eigh(symmetric, options),
    svd: (matrix, options) => doubles.svd(matrix, options),
    cholesky: (symmetric, options) => doubles.cholesky(symmetric, options),
    polar: (matrix, options) => doubles.polar(matrix, options),
  } satisfies Engine);
}
