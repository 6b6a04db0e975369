import { createRandom } from "../../lib/core/random.js";
import type { EncoderManifest } from "../../lib/data/index.js";

/** A TensorFlow.js graph model with random weights (seed 4): the mean colour of a picture, times a matrix, as a manifest names it. */
export function tinyGraphModel({ input, output, dimension, weights }: EncoderManifest): {
  json: string;
  bin: Uint8Array;
  matrix: Float32Array;
} {
  const random = createRandom(4);
  const channels = input.channels === "GRAY" ? 1 : 3;
  const matrix = Float32Array.from({ length: channels * dimension }, () => random.normal());
  const axes = Int32Array.of(1, 2);
  const sizes = [-1, input.height, input.width, channels].map((size) => ({ size: String(size) }));
  const constant = (name: string, type: string, shape: readonly number[]): object => ({
    name,
    op: "Const",
    attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape: { dim: shape.map((size) => ({ size: String(size) })) } } } },
  });
  const node = [
    { name: input.name, op: "Placeholder", attr: { dtype: { type: "DT_FLOAT" }, shape: { shape: { dim: sizes } } } },
    constant("axes", "DT_INT32", [2]),
    constant("matrix", "DT_FLOAT", [channels, dimension]),
    {
      name: "mean",
      op: "Mean",
      input: [input.name, "axes"],
      attr: { keep_dims: { b: false }, T: { type: "DT_FLOAT" }, Tidx: { type: "DT_INT32" } },
    },
    {
      name: output.name,
      op: "MatMul",
      input: ["mean", "matrix"],
      attr: { transpose_a: { b: false }, transpose_b: { b: false }, T: { type: "DT_FLOAT" } },
    },
  ];
  const json = JSON.stringify({
    format: "graph-model",
    modelTopology: { node, library: {}, versions: {} },
    weightsManifest: [
      {
        paths: [weights[1].path.split("/").at(-1)],
        weights: [
          { name: "axes", shape: [2], dtype: "int32" },
          { name: "matrix", shape: [channels, dimension], dtype: "float32" },
        ],
      },
    ],
  });
  const bin = Buffer.concat([new Uint8Array(axes.buffer), new Uint8Array(matrix.buffer)]);
  return { json, bin, matrix };
}
