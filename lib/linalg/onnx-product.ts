import { availableParallelism } from "node:os";
import type { InferenceSession, TypedTensor } from "onnxruntime-node";
import type { Matrix } from "../core/matrix.js";
import { checkedProduct } from "./checked-product.js";
import type { ProductOptions } from "./engine.js";
import { freeBuffer } from "./free-buffer.js";
import { loadOnnx } from "./load-onnx.js";
import { gemmModel, gemmNames, type GemmForm } from "./onnx-gemm.js";
import { columnsAsRows, rowRange } from "./operands.js";

export interface ProductSettings {
  /** @defaultValue the number of cores */
  readonly threads?: number | undefined;
  /** Multiply-adds of one run, which blocks the event loop: about 50 ms on two idle cores. @defaultValue 2e9 */
  readonly workPerRun?: number;
}

/** Bytes from which on memory is given back at once. */
const worthFreeing = 2 ** 16;

export type Product = <M extends Matrix>(left: M, right: M, options?: ProductOptions) => Promise<M>;

type Multiply = (left: Matrix, right: Matrix, into: Matrix["data"]) => Promise<void>;

/** Products on onnxruntime's CPU provider; a session of a model of some 200 bytes is made the first time a form is asked for. */
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

  return checkedProduct(workPerRun, async ({ left, right, transposeLeft, transposeRight, rows, inner, columns, result, pace }) => {
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
  });
}

async function openSession(form: GemmForm, threads: number): Promise<Multiply> {
  const { InferenceSession: Session, Tensor } = await loadOnnx();
  const session: InferenceSession = await Session.create(gemmModel(form), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    // Every form has threads of its own: those that wait for work must not take the cores from the one that has some.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const tensor = (data: Matrix["data"], rows: number, columns: number): TypedTensor<"float32"> | TypedTensor<"float64"> =>
    data instanceof Float32Array ? new Tensor("float32", data, [rows, columns]) : new Tensor("float64", data, [rows, columns]);
  return async (left, right, into): Promise<void> => {
    const rows = form.transposeLeft ? left.columns : left.rows;
    const columns = form.transposeRight ? right.rows : right.columns;
    const results = await session.run(
      {
        [gemmNames.left]: tensor(left.data, left.rows, left.columns),
        [gemmNames.right]: tensor(right.data, right.rows, right.columns),
      },
      { [gemmNames.output]: tensor(into, rows, columns) },
    );
    // The result is in `into`; what is handed back is a copy of it.
    const { buffer } = results[gemmNames.output].data as Matrix["data"];
    if (buffer !== into.buffer && buffer.byteLength >= worthFreeing) freeBuffer(buffer as ArrayBuffer);
  };
}
