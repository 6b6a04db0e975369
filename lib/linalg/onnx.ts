import { checkGram } from "./check.js";
import { choleskyByRows } from "./cholesky.js";
import { eighByProducts } from "./eigh.js";
import type { Engine } from "./engine.js";
import { createOnnxProduct } from "./onnx-product.js";
import { polarByProducts } from "./polar.js";
import { rowGram } from "./row-gram.js";
import { svdByProducts } from "./svd.js";
import { mirrorLowerInto } from "./transpose.js";

export interface OnnxEngineOptions {
  /** Threads of one product. @defaultValue the number of cores */
  readonly threads?: number;
}

/**
 * Dense algebra that needs nothing beyond onnxruntime-node: its Gemm for products, TypeScript around them for the rest.
 *
 * The library is loaded by the first product.
 */
export function createOnnxEngine({ threads }: OnnxEngineOptions = {}): Engine {
  const product = createOnnxProduct({ threads });
  return Object.freeze({
    name: "onnx",
    product,
    gram: async (rows, { ofRows = false, ...options } = {}) => {
      const gram = ofRows ? await rowGram(rows, product, options) : await product(rows, rows, { ...options, transposeLeft: true });
      checkGram(gram, rows);
      if (!ofRows) mirrorLowerInto(gram.data, gram.rows);
      return gram;
    },
    eigh: (symmetric, options) => eighByProducts(symmetric, product, options),
    svd: (matrix, options) => svdByProducts(matrix, product, options),
    cholesky: (symmetric, options) => choleskyByRows(symmetric, options),
    polar: (matrix, options) => polarByProducts(matrix, product, options),
    onThreads: (work) => work({ name: "onnx" }),
  } satisfies Engine);
}
