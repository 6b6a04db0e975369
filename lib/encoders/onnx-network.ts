import type { InferenceSession, Tensor } from "onnxruntime-node";
import { DataError } from "../core/errors.js";
import { loadOnnx } from "../linalg/load-onnx.js";

/** An ONNX graph with one input, ready to run. */
export interface OnnxNetwork {
  /** Feed one tensor; the named outputs come back in that order. */
  run(data: Float32Array, shape: readonly number[]): Promise<Tensor[]>;
  close(): Promise<void>;
}

export interface OnnxNetworkOptions {
  readonly inputName: string;
  readonly outputNames: readonly string[];
  readonly threads: number;
}

/**
 * Load an ONNX file and check the names that its manifest gives.
 *
 * @throws DataError when the file is no ONNX graph, or has no input or output of that name.
 */
export async function loadOnnxNetwork(path: string, { inputName, outputNames, threads }: OnnxNetworkOptions): Promise<OnnxNetwork> {
  const { InferenceSession: Session, Tensor: OnnxTensor } = await loadOnnx();
  let session: InferenceSession;
  try {
    session = await Session.create(path, { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new DataError(
      `loadOnnxNetwork: ${path} is not an ONNX graph that onnxruntime can load (${reason}); get the file again or convert it`,
    );
  }
  const check = (kind: string, names: readonly string[], wanted: string): void => {
    if (!names.includes(wanted)) {
      throw new DataError(
        `loadOnnxNetwork: ${path} has no ${kind} "${wanted}" but ${names.map((n) => `"${n}"`).join(", ")}; correct ${kind}.name in its manifest`,
      );
    }
  };
  check("input", session.inputNames, inputName);
  for (const name of outputNames) check("output", session.outputNames, name);
  return {
    async run(data, shape): Promise<Tensor[]> {
      const outputs = await session.run({ [inputName]: new OnnxTensor("float32", data, shape) }, outputNames);
      return outputNames.map((name) => outputs[name]);
    },
    close: () => session.release(),
  };
}
