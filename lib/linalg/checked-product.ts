import type { Matrix } from "../core/matrix.js";
import type { ProductOptions } from "./engine.js";
import type { Product } from "./onnx-product.js";
import { productSizes, resultOf, type ProductSizes } from "./operands.js";
import { startPace, type Pace } from "./pace.js";

/** A product to be taken: op(left) · op(right), none of its sizes zero. */
export interface Multiplication extends ProductSizes {
  readonly left: Matrix;
  readonly right: Matrix;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  /** rows × columns, to be filled. */
  readonly result: Matrix;
  /** Counts multiply-adds; a turn is due after `workPerTurn` of them. */
  readonly pace: Pace;
}

/** A product by `multiply`, to which operands come checked and with memory for the result. */
export function checkedProduct(workPerTurn: number, multiply: (product: Multiplication) => Promise<void>): Product {
  return async <M extends Matrix>(
    left: M,
    right: M,
    { transposeLeft = false, transposeRight = false, signal, into }: ProductOptions = {},
  ): Promise<M> => {
    const sizes = productSizes(left, right, { transposeLeft, transposeRight });
    const result = resultOf(left, sizes, into);
    const pace = startPace(signal, workPerTurn);
    if (sizes.rows * sizes.columns * sizes.inner > 0) {
      await multiply({ ...sizes, left, right, transposeLeft, transposeRight, result, pace });
    }
    return result as M;
  };
}
