import { integer, message, text } from "./protobuf.js";

/** How the operands of a product are stored. */
export interface GemmForm {
  readonly width: "float32" | "float64";
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
}

/** The names of the model's inputs and output. */
export const gemmNames = { left: "left", right: "right", output: "product" } as const;

const irVersion = 8;
const operatorSet = 13;
const elementType = { float32: 1, float64: 11 } as const;
const integerAttribute = 2;

/**
 * The bytes of an ONNX model with one node, `product = op(left) · op(right)` with every size left open.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the field numbers
 */
export function gemmModel({ width, transposeLeft, transposeRight }: GemmForm): Uint8Array {
  const type = elementType[width];
  const node = [
    ...text(1, gemmNames.left),
    ...text(1, gemmNames.right),
    ...text(2, gemmNames.output),
    ...text(4, "Gemm"),
    ...flag("transA", transposeLeft),
    ...flag("transB", transposeRight),
  ];
  const graph = [
    ...message(1, node),
    ...text(2, "product"),
    ...message(11, tensor(gemmNames.left, type, ["leftRows", "leftColumns"])),
    ...message(11, tensor(gemmNames.right, type, ["rightRows", "rightColumns"])),
    ...message(12, tensor(gemmNames.output, type, ["rows", "columns"])),
  ];
  return Uint8Array.from([...integer(1, irVersion), ...message(7, graph), ...message(8, integer(2, operatorSet))]);
}

function tensor(name: string, type: number, sizes: readonly string[]): number[] {
  const shape = sizes.flatMap((size) => message(1, text(2, size)));
  return [...text(1, name), ...message(2, message(1, [...integer(1, type), ...message(2, shape)]))];
}

function flag(name: string, value: boolean): number[] {
  return message(5, [...text(1, name), ...integer(3, value ? 1 : 0), ...integer(20, integerAttribute)]);
}
