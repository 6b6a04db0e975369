import { describe, expect, it } from "vitest";
import { matrix64, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { chooseEngine, describeEngines } from "../../lib/linalg/index.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { createOnnxProduct } from "../../lib/linalg/onnx-product.js";
import { halleyStep, inverseStep } from "../../lib/linalg/rational-steps.js";
import { rowGram } from "../../lib/linalg/row-gram.js";
import { conditioned, expectClose } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";

const product = createOnnxProduct();
const engine = createOnnxEngine();

/** U diag(values) Vᵀ, its values falling evenly from 1 to 1/kappa, and U Vᵀ. */
async function graded(rows: number, size: number, kappa: number): Promise<{ matrix: Matrix64; factor: Matrix64 }> {
  const random = createRandom(kappa);
  const { factor: left } = await engine.polar(gaussian(rows, size, random));
  const { factor: right } = await engine.polar(gaussian(size, size, random));
  const scaled = left.data.map((value, k) => value * kappa ** (-(k % size) / (size - 1)));
  return { matrix: multiply(matrix64(rows, size, scaled), transposed(right)), factor: multiply(left, transposed(right)) };
}

const present = (await describeEngines()).filter((entry) => entry.present).map((entry) => entry.name);

describe.each(present)("polar by %s", (name) => {
  it.each([
    [90, 90, 1e1],
    [90, 90, 1e4],
    [130, 90, 1e5],
    [90, 90, 2e6],
    [90, 90, 1e8],
  ])("finds the isometry of %i × %i values whose condition is %f", async (rows, size, kappa) => {
    const { matrix, factor } = await graded(rows, size, kappa);
    const found = await (await chooseEngine(name)).polar(matrix);
    expect(found.rank).toBe(size);
    expectClose(found.factor.data, factor.data, conditioned(kappa));
    const unit = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
    expectClose(multiply(transposed(found.factor), found.factor).data, unit, conditioned(10));
  });
});

describe("inverseStep and halleyStep", () => {
  it("keep singular values between the bounds that they promise", async () => {
    const { matrix } = await graded(60, 60, 1e5);
    const { step, leastShare } = (await inverseStep(matrix, await rowGram(matrix, product), product, {}))!;
    expect(leastShare).toBeLessThan(1e-5);
    expect(leastShare).toBeGreaterThan(1e-6);
    for (let bounded = step; ; bounded = (await halleyStep(bounded, product, {}))!) {
      const { values } = await engine.svd(bounded.rows);
      expect(values[0]).toBeLessThan(1 + 1e-12);
      expect(values[59]).toBeGreaterThan(bounded.smallest - 1e-12);
      if (bounded.smallest > 0.9) break;
    }
  });

  it("take no step where the Gram does not tell the smallest value from rounding", async () => {
    const { matrix } = await graded(60, 60, 1e9);
    expect(await inverseStep(matrix, await rowGram(matrix, product), product, {})).toBeNull();
  });
});
