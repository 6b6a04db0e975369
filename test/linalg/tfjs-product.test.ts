import { describe, expect, it } from "vitest";
import { matrix32, toFloat32, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { loadTfjs } from "../../lib/linalg/load-tfjs.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { createTfjsProduct } from "../../lib/linalg/tfjs-product.js";
import { createTfjsEngine } from "../../lib/linalg/tfjs.js";
import { exact, expectClose, rounding32 } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";

const { tf } = await loadTfjs();

describe("createTfjsProduct", () => {
  it("gives the same product in blocks of rows and columns, whichever way the sides are stored, and leaves no tensor behind", async () => {
    const random = createRandom(1);
    const single = (rows: number, columns: number): Matrix64 => {
      const drawn = gaussian(rows, columns, random);
      return { ...drawn, data: Float64Array.from(toFloat32(drawn).data) };
    };
    const left = single(31, 17);
    const right = single(17, 9);
    const expected = multiply(left, right).data;
    const before = tf.memory().numTensors;
    for (const settings of [{}, { valuesPerRun: 4 * 17 }, { workPerRun: 17 * 9 * 3 }]) {
      const product = createTfjsProduct(tf, settings);
      for (const transposeLeft of [false, true]) {
        for (const transposeRight of [false, true]) {
          const sides = [transposeLeft ? transposed(left) : left, transposeRight ? transposed(right) : right].map(toFloat32);
          const { data } = await product(sides[0], sides[1], { transposeLeft, transposeRight });
          expectClose(data, expected, { ...rounding32, relative: 2 ** -20 });
        }
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it("lets an abort in between two blocks, and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const work = createTfjsProduct(tf, { workPerRun: 1 })(matrix32(1000, 2), matrix32(2, 2), { signal: controller.signal });
    setImmediate(() => {
      controller.abort();
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("createTfjsEngine", () => {
  it("leaves float64 to the other engine, to the last bit", async () => {
    const doubles = createOnnxEngine();
    const engine = await createTfjsEngine(doubles);
    const matrix = gaussian(40, 40, createRandom(2));
    expectClose((await engine.product(matrix, matrix)).data, (await doubles.product(matrix, matrix)).data, exact);
    expectClose((await engine.svd(matrix)).left.data, (await doubles.svd(matrix)).left.data, exact);
  });
});
