import type { Matrix, Matrix64 } from "../core/matrix.js";

export type EngineName = "onnx" | "openblas" | "tfjs";

/** A = V diag(values) Vᵀ of a symmetric d × d matrix. */
export interface Eigen {
  /** d eigenvalues, descending. */
  readonly values: Float64Array;
  /** d × d; column j belongs to `values[j]`, and its entry largest in magnitude is positive. */
  readonly vectors: Matrix64;
}

/** A = U diag(values) Vᵀ of an m × n matrix, thin: k = min(m, n). */
export interface Svd {
  /** m × k; the entry largest in magnitude of each column is positive. */
  readonly left: Matrix64;
  /** k singular values, descending. */
  readonly values: Float64Array;
  /** n × k. */
  readonly right: Matrix64;
}

/** The partial isometry U Vᵀ of A = U Σ Vᵀ over the `rank` directions that carry energy. */
export interface Polar {
  /** m × n. */
  readonly factor: Matrix64;
  /** Sum of their singular values. */
  readonly nuclearNorm: number;
  readonly rank: number;
}

export interface ProductOptions extends WorkOptions {
  /** @defaultValue false */
  readonly transposeLeft?: boolean;
  /** @defaultValue false */
  readonly transposeRight?: boolean;
  /**
   * Memory for the result, of the operands' width and at least as long, and neither of them: it is overwritten, and the result lies at its
   * beginning. For products that are taken again and again. @defaultValue memory of its own
   */
  readonly into?: Float32Array | Float64Array | undefined;
}

export interface GramOptions extends WorkOptions {
  /** X Xᵀ instead, n × n. @defaultValue false */
  readonly ofRows?: boolean;
}

export interface WorkOptions {
  /** Honoured between blocks of work of at most 250 ms where the engine can stop at all. */
  readonly signal?: AbortSignal | undefined;
}

/** What a worker thread makes an engine of its own from: see `openThreadEngine`. */
export type ThreadEngine = { readonly name: "onnx" } | { readonly name: "openblas"; readonly file: string };

/**
 * Dense linear algebra on one device. Every engine gives the same results within stated tolerances.
 *
 * Arguments are never changed, but for `into`. NaN and infinities throw a ValueError in every decomposition; sizes that disagree throw a ShapeError.
 */
export interface Engine {
  readonly name: EngineName;
  /** left · right in the width of the operands, which must be the same (both float32 or both float64). */
  product<M extends Matrix>(left: M, right: M, options?: ProductOptions): Promise<M>;
  /** XᵀX of n × d rows, in their width: d × d, exactly symmetric. */
  gram<M extends Matrix>(rows: M, options?: GramOptions): Promise<M>;
  /** Eigenvalues and vectors of a symmetric matrix; only its lower triangle is read. */
  eigh(symmetric: Matrix64, options?: WorkOptions): Promise<Eigen>;
  /** The thin decomposition U Σ Vᵀ, singular values descending. */
  svd(matrix: Matrix64, options?: WorkOptions): Promise<Svd>;
  /** Lower-triangular L with L Lᵀ = A. @throws ValueError when A is not positive definite. */
  cholesky(symmetric: Matrix64, options?: WorkOptions): Promise<Matrix64>;
  /** Singular values below `tolerance` times the largest count as zero. @defaultValue tolerance = 1e-12 */
  polar(matrix: Matrix64, options?: WorkOptions & { readonly tolerance?: number }): Promise<Polar>;
  /**
   * Do work that worker threads may share: each opens an engine of its own from what `work` is given (`openThreadEngine`), and that gives the
   * same bits as this one does meanwhile. Not there where an engine serves one thread alone.
   */
  readonly onThreads?: <T>(work: (engine: ThreadEngine) => Promise<T>) => Promise<T>;
}
