import type { Matrix32 } from "../core/matrix.js";

/** The first row of every group of rows with the same values, in order. */
export function distinctRows({ rows, columns, data }: Matrix32): Int32Array {
  const places = new Map<number, number[]>();
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  const kept: number[] = [];
  for (let i = 0; i < rows; i++) {
    let hash = 0x811c9dc5; // FNV-1a over 32-bit words
    for (let k = i * columns; k < (i + 1) * columns; k++) {
      value[0] = data[k] + 0; // −0 is 0
      hash = Math.imul(hash ^ bits[0], 0x01000193);
    }
    const before = places.get(hash);
    if (before?.some((other) => sameRow(data, other * columns, i * columns, columns))) continue;
    if (before === undefined) places.set(hash, [i]);
    else before.push(i);
    kept.push(i);
  }
  return Int32Array.from(kept);
}

function sameRow(data: Float32Array, first: number, second: number, count: number): boolean {
  for (let k = 0; k < count; k++) {
    if (data[first + k] !== data[second + k]) return false;
  }
  return true;
}
