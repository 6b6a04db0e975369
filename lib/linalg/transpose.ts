import { matrix64, type Matrix, type Matrix64 } from "../core/matrix.js";

/** Tiles of so many rows and columns stay in the cache while they are turned. */
const tileSize = 32;

/** The transpose, in memory of its own. */
export function transpose({ rows, columns, data }: Matrix64): Matrix64 {
  const turned = matrix64(columns, rows);
  for (let top = 0; top < rows; top += tileSize) {
    const bottom = Math.min(top + tileSize, rows);
    for (let left = 0; left < columns; left += tileSize) {
      const right = Math.min(left + tileSize, columns);
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) turned.data[j * rows + i] = data[i * columns + j];
      }
    }
  }
  return turned;
}

/** Make a square matrix symmetric: what is below its diagonal is copied above it. */
export function mirrorLowerInto(data: Matrix["data"], size: number): void {
  for (let top = 0; top < size; top += tileSize) {
    const bottom = Math.min(top + tileSize, size);
    for (let left = 0; left <= top; left += tileSize) {
      for (let i = top; i < bottom; i++) {
        const right = Math.min(left + tileSize, i);
        for (let j = left; j < right; j++) data[j * size + i] = data[i * size + j];
      }
    }
  }
}
