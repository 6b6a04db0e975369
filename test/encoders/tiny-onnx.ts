import { createRandom } from "../../lib/core/random.js";
import type { EncoderManifest } from "../../lib/data/index.js";
import { integer, message, text } from "../../lib/linalg/protobuf.js";

/** How a tiny network is made. It looks at the means of four quarters of the image. */
export interface TinyForm {
  /** Of input and output. @defaultValue "float32" */
  readonly type?: "float32" | "float16" | "uint8" | "int32";
  /** Number type of the output alone. @defaultValue as `type` says, and float32 for integers */
  readonly gives?: "int32";
  /** Weights as int8 that are scaled back. @defaultValue false */
  readonly int8?: boolean;
  /** Weights lie in this file beside the graph. */
  readonly externalFile?: string;
  /** Several vectors are weighed by a softmax inside the graph. @defaultValue false */
  readonly attention?: boolean;
  /** @defaultValue the manifest's: a fixed size, or any */
  readonly batch?: "any" | number;
}

export interface TinyNetwork {
  readonly graph: Uint8Array;
  /** Bytes of `externalFile`; empty where there is none. */
  readonly external: Uint8Array;
}

const types = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

/**
 * A network with random weights (seed 3) that takes and gives what a manifest says, as ONNX written field by field.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the field numbers
 */
export function tinyNetwork({ input, output, dimension }: EncoderManifest, form: TinyForm = {}): TinyNetwork {
  const {
    type = "float32",
    gives = type === "float16" ? "float16" : "float32",
    int8 = false,
    externalFile,
    attention = false,
    batch = input.batch,
  } = form;
  const random = createRandom(3);
  const channels = input.channels === "GRAY" ? 1 : 3;
  const nodes: number[][] = [];
  const initializers: number[][] = [];
  const external: number[] = [];
  const node = (operator: string, from: readonly string[], to: string, attributes: readonly (readonly number[])[] = []): string => {
    nodes.push([
      ...from.flatMap((name) => text(1, name)),
      ...text(2, to),
      ...text(4, operator),
      ...attributes.flatMap((one) => message(5, one)),
    ]);
    return to;
  };
  const constant = (name: string, sizes: readonly number[], elementType: number, bytes: Uint8Array, isExternal = false): string => {
    const dims = sizes.flatMap((size) => integer(1, size));
    const where = isExternal
      ? [
          ...[
            ["location", externalFile!],
            ["offset", String(external.length)],
            ["length", String(bytes.length)],
          ].flatMap(([key, value]) => message(13, [...text(1, key), ...text(2, value)])),
          ...integer(14, 1),
        ]
      : message(9, [...bytes]);
    if (isExternal) external.push(...bytes);
    initializers.push([...dims, ...integer(2, elementType), ...text(8, name), ...where]);
    return name;
  };
  const weights = (name: string, sizes: readonly number[]): string => {
    const values = Float32Array.from({ length: sizes.reduce((product, size) => product * size, 1) }, () => random.normal());
    if (!int8) return constant(name, sizes, types.float32, bytesOf(values), externalFile !== undefined);
    constant(`${name}8`, sizes, types.int8, bytesOf(Int8Array.from(values, (v) => Math.max(-127, Math.min(127, Math.round(v * 32))))));
    constant(`${name}Scale`, [], types.float32, bytesOf(Float32Array.of(1 / 32)));
    return node("DequantizeLinear", [`${name}8`, `${name}Scale`], name);
  };
  const shape = (name: string, sizes: readonly number[]): string =>
    constant(name, [sizes.length], types.int64, bytesOf(BigInt64Array.from(sizes, BigInt)));

  const inputName = input.name ?? "picture";
  const outputName = output.name ?? "embedding";
  let at = type === "float32" ? inputName : node("Cast", [inputName], "single", [integerAttribute("to", types.float32)]);
  if (input.layout === "NHWC") at = node("Transpose", [at], "planes", [integersAttribute("perm", [0, 3, 1, 2])]);
  const half = [Math.floor(input.height / 2), Math.floor(input.width / 2)];
  at = node("AveragePool", [at], "quarters", [integersAttribute("kernel_shape", half), integersAttribute("strides", half)]);
  const pooling = output.pooling ?? "none";
  const result = gives === "float32" ? outputName : "found";
  if (pooling === "mean-map") node("Conv", [at, weights("w", [dimension, channels, 1, 1])], result);
  else {
    at = node("Reshape", [at, shape("flat", [0, channels, -1])], "columns");
    at = node("Transpose", [at], "tokens", [integersAttribute("perm", [0, 2, 1])]);
    if (pooling !== "none") node("MatMul", [at, weights("w", [channels, dimension])], result);
    else if (attention) {
      const scores = node("Softmax", [node("MatMul", [at, weights("q", [channels, 1])], "scores")], "shares", [
        integerAttribute("axis", 1),
      ]);
      const weighed = node("Mul", [at, scores], "weighed");
      const vector = node("ReduceSum", [weighed, shape("axes", [1])], "vector", [integerAttribute("keepdims", 0)]);
      node("MatMul", [vector, weights("w", [channels, dimension])], result);
    } else {
      const rows = node("Reshape", [at, shape("row", [0, -1])], "row4");
      node("MatMul", [rows, weights("w", [4 * channels, dimension])], result);
    }
  }
  if (gives !== "float32") node("Cast", [result], outputName, [integerAttribute("to", types[gives])]);

  const sizes = input.layout === "NCHW" ? [channels, input.height, input.width] : [input.height, input.width, channels];
  const first = batch === "any" ? text(2, "images") : integer(1, batch);
  const graph = [
    ...nodes.flatMap((one) => message(1, one)),
    ...text(2, "tiny"),
    ...initializers.flatMap((one) => message(5, one)),
    ...message(11, tensor(inputName, types[type], [first, ...sizes.map((size) => integer(1, size))])),
    ...message(12, tensor(outputName, types[gives], null)),
  ];
  return {
    graph: Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, integer(2, 13))]),
    external: Uint8Array.from(external),
  };
}

function tensor(name: string, type: number, sizes: readonly (readonly number[])[] | null): number[] {
  const shape =
    sizes === null
      ? []
      : message(
          2,
          sizes.flatMap((size) => message(1, size)),
        );
  return [...text(1, name), ...message(2, message(1, [...integer(1, type), ...shape]))];
}

function integerAttribute(name: string, value: number): number[] {
  return [...text(1, name), ...integer(3, value), ...integer(20, 2)];
}

function integersAttribute(name: string, values: readonly number[]): number[] {
  return [...text(1, name), ...values.flatMap((value) => integer(8, value)), ...integer(20, 7)];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
