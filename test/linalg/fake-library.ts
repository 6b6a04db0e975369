import type { OpenblasLibrary } from "../../lib/linalg/openblas-library.js";

/** A library whose routines fail the test when they are called, but for those given. */
export function fakeLibrary(routines: Partial<OpenblasLibrary> = {}): OpenblasLibrary {
  const unexpected = (): never => {
    throw new Error("the routine was called");
  };
  return {
    file: "/nowhere/libopenblas.so",
    naming: { prefix: "", suffix: "", integerBits: 32 },
    maker: "a fake",
    sgemm: unexpected,
    dgemm: unexpected,
    ssyrk: unexpected,
    dsyrk: unexpected,
    dsyevd: unexpected,
    dgesdd: unexpected,
    dpotrf: unexpected,
    threadCount: null,
    ...routines,
  };
}
