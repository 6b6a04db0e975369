import { availableParallelism } from "node:os";
import type { InferenceSession, TypedTensor } from "onnxruntime-node";
import { ShapeError } from "../core/errors.js";
import type { Matrix } from "../core/matrix.js";
import type { ProductOptions } from "./engine.js";
import { gemmModel, gemmNames, type GemmForm } from "./onnx-gemm.js";
import { startPace } from "./pace.js";

export interface ProductSettings {
  /** @defaultValue the number of cores */
  readonly threads?: number | undefined;
  /** Multiply-adds of one run, which blocks the event loop: about 50 ms on two idle cores. @defaultValue 2e9 */
  readonly workPerRun?: number;
}

export type Product = <M extends Matrix>(left: M, right: M, options?: ProductOptions) => Promise<M>;

type Multiply = (left: Matrix, right: Matrix, into: Matrix["data"]) => Promise<void>;

/** Products on onnxruntime's CPU provider; a session of some 160 bytes is made the first time a form is asked for. */
export function createOnnxProduct({ threads = availableParallelism(), workPerRun = 2e9 }: ProductSettings = {}): Product {
  const sessions = new Map<string, Promise<Multiply>>();
  const multiplier = (form: GemmForm): Promise<Multiply> => {
    const key = JSON.stringify(form);
    let session = sessions.get(key);
    if (session === undefined) {
      session = openSession(form, threads);
      sessions.set(key, session);
    }
    return session;
  };

  return async <M extends Matrix>(
    left: M,
    right: M,
    { transposeLeft = false, transposeRight = false, signal }: ProductOptions = {},
  ): Promise<M> => {
    const rows = transposeLeft ? left.columns : left.rows;
    const inner = transposeLeft ? left.rows : left.columns;
    const innerRight = transposeRight ? right.columns : right.rows;
    const columns = transposeRight ? right.rows : right.columns;
    checkOperands(left, right, inner, innerRight);
    const result = { rows, columns, data: emptyLike(left.data, rows * columns) };
    const pace = startPace(signal, workPerRun);
    if (rows * columns * inner > 0) {
      const width = left.data instanceof Float32Array ? "float32" : "float64";
      const rowsPerRun = Math.max(1, Math.floor(workPerRun / (inner * columns)));
      const whole = rowsPerRun >= rows;
      const multiply = await multiplier({ width, transposeLeft: transposeLeft && whole, transposeRight });
      for (let first = 0; first < rows; first += rowsPerRun) {
        const last = Math.min(first + rowsPerRun, rows);
        const part = whole ? left : transposeLeft ? columnsAsRows(left, first, last) : rowRange(left, first, last);
        await multiply(part, right, result.data.subarray(first * columns, last * columns));
        if (pace.spend((last - first) * inner * columns)) await pace.turn();
      }
    }
    return result as Matrix as M;
  };
}

async function openSession(form: GemmForm, threads: number): Promise<Multiply> {
  const { InferenceSession: Session, Tensor } = await import("onnxruntime-node");
  const session: InferenceSession = await Session.create(gemmModel(form), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  });
  const tensor = (data: Matrix["data"], rows: number, columns: number): TypedTensor<"float32"> | TypedTensor<"float64"> =>
    data instanceof Float32Array ? new Tensor("float32", data, [rows, columns]) : new Tensor("float64", data, [rows, columns]);
  return async (left, right, into): Promise<void> => {
    const rows = form.transposeLeft ? left.columns : left.rows;
    const columns = form.transposeRight ? right.rows : right.columns;
    await session.run(
      {
        [gemmNames.left]: tensor(left.data, left.rows, left.columns),
        [gemmNames.right]: tensor(right.data, right.rows, right.columns),
      },
      { [gemmNames.output]: tensor(into, rows, columns) },
    );
  };
}

function checkOperands(left: Matrix, right: Matrix, inner: number, innerRight: number): void {
  const sizes = `${left.rows} × ${left.columns} and ${right.rows} × ${right.columns}`;
  if (inner !== innerRight) {
    throw new ShapeError(
      `product: got ${sizes}; the inner sizes ${inner} and ${innerRight} must agree, so check transposeLeft and transposeRight`,
    );
  }
  if (left.data instanceof Float32Array !== right.data instanceof Float32Array) {
    throw new ShapeError(`product: got ${sizes} in different widths; both must be float32 or both float64, so convert one with toFloat64`);
  }
}

function emptyLike(data: Matrix["data"], length: number): Matrix["data"] {
  return data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function rowRange(matrix: Matrix, first: number, last: number): Matrix {
  const { columns, data } = matrix;
  return { rows: last - first, columns, data: data.subarray(first * columns, last * columns) };
}

function columnsAsRows(matrix: Matrix, first: number, last: number): Matrix {
  const { rows, columns, data } = matrix;
  const turned = emptyLike(data, (last - first) * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = first; j < last; j++) turned[(j - first) * rows + i] = data[i * columns + j];
  }
  return { rows: last - first, columns: rows, data: turned };
}
