import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { checkInfo, checkLength, checkSize, foreignInteger, foreignIntegers } from "../../lib/linalg/openblas-arguments.js";
import { addGramInto, multiplyInto } from "../../lib/linalg/openblas-blas.js";
import { choleskyInto, eigenRowsInto, singularFactors } from "../../lib/linalg/openblas-lapack.js";
import { fakeLibrary } from "./fake-library.js";

const neverCalled = fakeLibrary();

describe("the arguments of foreign routines", () => {
  it("lets no size pass that the library's integers cannot hold", () => {
    expect(() => {
      checkSize(2 ** 31, 32, "a size of a product");
    }).toThrow(
      new ShapeError(
        "openblas: a size of a product is 2147483648; this library counts in 32-bit integers, up to 2147483647, so cut the work or use the onnx engine",
      ),
    );
    checkSize(2 ** 31, 64, "a size of a product");
    for (const bad of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => {
        checkSize(bad, 64, "it");
      }).toThrow(/^openblas: it is .*; this library counts in 64-bit integers/);
      expect(() => foreignInteger(bad === -1 ? -2 : bad, 32, "it")).toThrow(/^openblas: it is /);
    }
  });

  it("writes integers in the library's width, and −1 where a routine is asked for its workspace", () => {
    expect(foreignInteger(7, 32, "it")).toEqual(Int32Array.of(7));
    expect(foreignInteger(2 ** 40, 64, "it")).toEqual(BigInt64Array.of(2n ** 40n));
    expect(foreignInteger(-1, 64, "it")).toEqual(BigInt64Array.of(-1n));
    expect(foreignIntegers(3, 64)).toEqual(new BigInt64Array(3));
  });

  it("lets no array pass that is shorter than what is reached", () => {
    expect(() => {
      checkLength([1, 2, 3], 4, "a Gram");
    }).toThrow(new ShapeError("openblas: a Gram holds 3 values; the routine reaches 4, so the matrix is not what its size says"));
  });

  it("turns LAPACK's info into an error", () => {
    expect(() => {
      checkInfo(3, "dsyevd", "eigh");
    }).toThrow(new ValueError("eigh: LAPACK's dsyevd ended with info 3 instead of 0; use the onnx engine for this matrix"));
  });

  it("checks every array, width and size before a routine is called", () => {
    const six = new Float64Array(6);
    const operand = { data: six, stride: 3, isTransposed: false };
    const shape = { rows: 2, inner: 3, columns: 2 };
    const right = { data: six, stride: 2, isTransposed: false };
    const into = new Float64Array(4);
    const calls: [() => void, RegExp][] = [
      [
        () => {
          multiplyInto(neverCalled, into, { ...operand, data: new Float64Array(5) }, right, shape);
        },
        /^openblas: the left side of a product holds 5 values; the routine reaches 6/,
      ],
      [
        () => {
          multiplyInto(neverCalled, into, operand, { ...right, isTransposed: true, stride: 3 }, { ...shape, columns: 3 });
        },
        /^openblas: the right side of a product holds 6 values; the routine reaches 9/,
      ],
      [
        () => {
          multiplyInto(neverCalled, new Float64Array(3), operand, right, shape);
        },
        /^openblas: the result of a product holds 3 values; the routine reaches 4/,
      ],
      [
        () => {
          multiplyInto(neverCalled, into, { ...operand, stride: 2 }, right, shape);
        },
        /^openblas: the left side of a product has 3 columns 2 entries apart; they must be at least as far apart$/,
      ],
      [
        () => {
          multiplyInto(neverCalled, new Float32Array(4), operand, right, shape);
        },
        /^openblas: operands and result are in different widths; all must be float32 or all float64$/,
      ],
      [
        () => {
          multiplyInto(neverCalled, into, operand, right, { ...shape, rows: 2 ** 31 });
        },
        /^openblas: a size of a product is 2147483648/,
      ],
      [
        () => {
          addGramInto(neverCalled, into, { data: six, stride: 2, isTransposed: true }, 2, 4);
        },
        /^openblas: the rows of a Gram holds 6 values; the routine reaches 8/,
      ],
      [
        () => {
          addGramInto(neverCalled, into, { data: six, stride: 3, isTransposed: true }, 3, 2);
        },
        /^openblas: a Gram holds 4 values; the routine reaches 9/,
      ],
      [() => eigenRowsInto(neverCalled, into, 3), /^openblas: the matrix of dsyevd holds 4 values; the routine reaches 9/],
      [() => singularFactors(neverCalled, into, 3, 2), /^openblas: the matrix of dgesdd holds 4 values; the routine reaches 6/],
      [
        () => {
          addGramInto(neverCalled, into, { data: new Float32Array(6), stride: 3, isTransposed: true }, 2, 2);
        },
        /^openblas: rows and Gram are in different widths; both must be float32 or both float64$/,
      ],
      [() => choleskyInto(neverCalled, into, 3), /^openblas: the matrix of dpotrf holds 4 values; the routine reaches 9/],
    ];
    for (const [call, message] of calls) expect(call).toThrow(message);
  });
});
