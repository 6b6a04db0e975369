import path from "node:path";
import { firstLine } from "../core/error-reason.js";
import type { IntegerBits } from "./openblas-arguments.js";

/** A routine of the library. It trusts its arguments, so every caller checks lengths and sizes first. */
export type Foreign = (...args: readonly unknown[]) => unknown;

/** How a build names its routines: `<prefix>cblas_dgemm<suffix>`, `<prefix>dsyevd_<suffix>`. */
export interface Naming {
  readonly prefix: "" | "scipy_";
  readonly suffix: "" | "64_";
  readonly integerBits: IntegerBits;
}

/** The routines that the engine calls: CBLAS by its own convention, LAPACK by Fortran's (every argument a pointer). */
export interface OpenblasLibrary {
  readonly file: string;
  readonly naming: Naming;
  /** What the library says of itself, such as "OpenBLAS 0.3.30, Haswell kernels". */
  readonly maker: string;
  readonly sgemm: Foreign;
  readonly dgemm: Foreign;
  readonly ssyrk: Foreign;
  readonly dsyrk: Foreign;
  readonly dsyevd: Foreign;
  readonly dgesdd: Foreign;
  readonly dpotrf: Foreign;
  /** How many threads a call takes, for the whole process; null where several threads may not call at once, or the count is not the process's. */
  readonly threadCount: { readonly get: () => number; readonly set: (count: number) => void } | null;
}

/** Why a library cannot serve. */
export interface Problem {
  readonly problem: string;
}

/** The part of koffi that is used here; its own types may be absent. */
interface Koffi {
  config(): { readonly sync_stack_size: number };
  config(settings: { readonly sync_stack_size: number }): void;
  load(file: string): { func(name: string, result: string, args: readonly string[]): Foreign };
}

const prefixes = ["", "scipy_"] as const;
const suffixes = ["", "64_"] as const;
const pointer = "void *";

/** What a build with POSIX threads says of itself; one without threads has no locks, and OpenMP counts threads for each caller. */
const pthreads = 1;

/** Of a call, in bytes: OpenBLAS keeps what its threads share on the stack, for as many threads as it was built for. */
const stackSize = 2 ** 24;

/** koffi, or why it cannot serve. */
export async function loadKoffi(): Promise<Koffi | Problem> {
  try {
    const name: string = "koffi"; // not a literal: the package may be absent
    const { default: koffi } = (await import(name)) as { readonly default: Koffi };
    return koffi.config().sync_stack_size >= stackSize ? koffi : widened(koffi);
  } catch {
    return { problem: "koffi is not installed (npm install koffi)" };
  }
}

function widened(koffi: Koffi): Koffi | Problem {
  try {
    koffi.config({ sync_stack_size: stackSize });
    return koffi;
  } catch {
    return {
      problem: `koffi has loaded a library already, with too small a stack; before that call koffi.config({ sync_stack_size: ${stackSize} })`,
    };
  }
}

/**
 * Open a build of OpenBLAS, or Accelerate, and bind its routines.
 *
 * Loading runs the library's own code; {@link ./openblas-self-test.ts} says whether what was bound computes.
 */
export async function openLibrary(file: string): Promise<OpenblasLibrary | Problem> {
  const koffi = await loadKoffi();
  if ("problem" in koffi) return koffi;
  try {
    return bind(koffi.load(file), file);
  } catch (error) {
    return { problem: firstLine(error) };
  }
}

function bind(library: ReturnType<Koffi["load"]>, file: string): OpenblasLibrary | Problem {
  const optional = (name: string, result: string, args: readonly string[]): Foreign | undefined => {
    try {
      return library.func(name, result, args);
    } catch {
      return undefined;
    }
  };
  const found = prefixes
    .flatMap((prefix) => suffixes.map((suffix) => ({ prefix, suffix })))
    .find(({ prefix, suffix }) => optional(`${prefix}cblas_dgemm${suffix}`, "void", []) !== undefined);
  if (found === undefined) return { problem: "it has no cblas_dgemm under a name that is known here" };

  const { prefix, suffix } = found;
  const coreName = optional(`${prefix}openblas_get_corename${suffix}`, "str", []);
  const configuration = optional(`${prefix}openblas_get_config${suffix}`, "str", []);
  const isAccelerate = path.basename(file) === "Accelerate";
  if (!isAccelerate && (coreName === undefined || configuration === undefined)) {
    return { problem: "it is not OpenBLAS (no openblas_get_corename), and may be a slow reference BLAS" };
  }
  const parallel = optional(`${prefix}openblas_get_parallel${suffix}`, "int", []);
  const described = configuration === undefined ? "" : String(configuration());
  const integerBits = suffix === "64_" || described.includes("USE64BITINT") ? 64 : 32;
  const integer = integerBits === 64 ? "int64_t" : "int32_t";
  const blas = (name: string, args: readonly string[]): Foreign => library.func(`${prefix}cblas_${name}${suffix}`, "void", args);
  const lapack = (name: string, args: readonly string[]): Foreign => library.func(`${prefix}${name}_${suffix}`, "void", args);
  const gemm = (scalar: string): readonly string[] => [
    ...["int", "int", "int", integer, integer, integer, scalar],
    ...[pointer, integer, pointer, integer, scalar, pointer, integer],
  ];
  const syrk = (scalar: string): readonly string[] => [
    ...["int", "int", "int", integer, integer],
    ...[scalar, pointer, integer, scalar, pointer, integer],
  ];
  const pointers = (count: number): string[] => new Array<string>(count).fill(pointer);
  return {
    file,
    naming: { prefix, suffix, integerBits },
    maker: isAccelerate ? "Accelerate" : `${described.split(" ").slice(0, 2).join(" ")}, ${String(coreName?.())} kernels`,
    sgemm: blas("sgemm", gemm("float")),
    dgemm: blas("dgemm", gemm("double")),
    ssyrk: blas("ssyrk", syrk("float")),
    dsyrk: blas("dsyrk", syrk("double")),
    // The last arguments are the lengths of the texts, which Fortran passes unseen.
    dsyevd: lapack("dsyevd", ["str", "str", ...pointers(9), "size_t", "size_t"]),
    dgesdd: lapack("dgesdd", ["str", ...pointers(13), "size_t"]),
    dpotrf: lapack("dpotrf", ["str", ...pointers(4), "size_t"]),
    threadCount:
      parallel?.() === pthreads
        ? {
            get: library.func(`${prefix}openblas_get_num_threads${suffix}`, "int", []) as () => number,
            set: library.func(`${prefix}openblas_set_num_threads${suffix}`, "void", ["int"]),
          }
        : null,
  };
}
