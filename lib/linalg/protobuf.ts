/** Fields of protobuf messages, which ONNX files are made of, as bytes. @see https://protobuf.dev/programming-guides/encoding */

export function integer(field: number, value: number): number[] {
  return [...variableLength(field << 3), ...variableLength(value)];
}

export function message(field: number, content: readonly number[]): number[] {
  return [...variableLength((field << 3) | 2), ...variableLength(content.length), ...content];
}

export function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function variableLength(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
