import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { gemmModel } from "../../lib/linalg/onnx-gemm.js";
import { createOnnxProduct } from "../../lib/linalg/onnx-product.js";
import { conditioned, exact, expectClose } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";

describe("createOnnxProduct", () => {
  it("gives the same product in blocks of rows, whichever way the left side is stored", async () => {
    const random = createRandom(1);
    const left = gaussian(31, 17, random);
    const right = gaussian(17, 9, random);
    const whole = createOnnxProduct({ threads: 1 });
    const cut = createOnnxProduct({ threads: 1, workPerRun: 4 * 17 * 9 });
    const expected = multiply(left, right).data;
    for (const product of [whole, cut]) {
      expectClose((await product(left, right)).data, expected, conditioned(100));
      expectClose((await product(transposed(left), right, { transposeLeft: true })).data, expected, conditioned(100));
    }
  });

  it("lets an abort in between two blocks", async () => {
    const product = createOnnxProduct({ workPerRun: 1 });
    const controller = new AbortController();
    const work = product(matrix32(1000, 2), matrix32(2, 2), { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });

  it("keeps no memory beside the result", async () => {
    const product = createOnnxProduct();
    const [left, right] = [matrix32(512, 64), matrix32(512, 64)];
    const into = new Float32Array(512 * 512);
    await product(left, right, { transposeRight: true, into });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 8; i++) await product(left, right, { transposeRight: true, into });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(into.byteLength);
  });
});

describe("gemmModel", () => {
  it("writes a model of one node with open sizes", () => {
    const bytes = gemmModel({ width: "float32", transposeLeft: true, transposeRight: false });
    const text = new TextDecoder("latin1").decode(bytes);
    expect(bytes.length).toBeLessThan(256);
    for (const name of ["Gemm", "transA", "transB", "leftRows", "rightColumns", "product"]) expect(text).toContain(name);
    expectClose(bytes.subarray(0, 2), [8, 8], exact);
  });
});
