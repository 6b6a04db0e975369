import { ShapeError, ValueError } from "../core/errors.js";

/** The width of a library's integers; with the wrong one it reads beyond its arguments. */
export type IntegerBits = 32 | 64;

/** An integer, or several, that a Fortran routine reads through a pointer. */
export type ForeignIntegers = Int32Array | BigInt64Array;

/** @throws ShapeError when a size does not fit the library's integers. */
export function checkSize(size: number, bits: IntegerBits, what: string): void {
  const largest = bits === 32 ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= largest)) {
    throw new ShapeError(
      `openblas: ${what} is ${size}; this library counts in ${bits}-bit integers, up to ${largest}, so cut the work or use the onnx engine`,
    );
  }
}

/** @throws ShapeError when an array that a foreign routine reads or writes is shorter than `least`. */
export function checkLength(array: ArrayLike<number>, least: number, what: string): void {
  if (array.length < least) {
    throw new ShapeError(
      `openblas: ${what} holds ${array.length} values; the routine reaches ${least}, so the matrix is not what its size says`,
    );
  }
}

/** @throws ShapeError when an array that a foreign routine takes for float64 is of another width, or is shorter than `least`. */
export function checkDoubles(array: ArrayLike<number>, least: number, what: string): void {
  if (!(array instanceof Float64Array)) {
    throw new ShapeError(`openblas: ${what} is no Float64Array; the routine reads float64, so give a matrix64`);
  }
  checkLength(array, least, what);
}

/** @throws ValueError when LAPACK says that a routine did not come to its end. */
export function checkInfo(info: number, routine: string, caller: string): void {
  if (info !== 0) {
    throw new ValueError(`${caller}: LAPACK's ${routine} ended with info ${info} instead of 0; use the onnx engine for this matrix`);
  }
}

export function foreignIntegers(count: number, bits: IntegerBits): ForeignIntegers {
  return bits === 32 ? new Int32Array(count) : new BigInt64Array(count);
}

/** @throws ShapeError when the value does not fit; −1 asks a routine for the size of its workspace. */
export function foreignInteger(value: number, bits: IntegerBits, what: string): ForeignIntegers {
  if (value !== -1) checkSize(value, bits, what);
  return bits === 32 ? Int32Array.of(value) : BigInt64Array.of(BigInt(value));
}
