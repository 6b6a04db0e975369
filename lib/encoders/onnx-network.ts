import type { InferenceSession, Tensor } from "onnxruntime-node";
import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { loadOnnx } from "../linalg/load-onnx.js";
import { findCuda } from "../linalg/onnx-cuda.js";
import { fromHalf, toHalf } from "./half.js";
import type { GraphDescription, GraphTensor, Network, NetworkOutput } from "./network.js";

/** What onnxruntime runs a network on. */
export type OnnxProvider = "cpu" | "cuda";

export interface OnnxNetworkOptions {
  /** Null for the only one. */
  readonly inputName: string | null;
  readonly outputNames: readonly (string | null)[];
  readonly threads: number;
  /** Nothing falls back: where it cannot be had, that is an error. @defaultValue "cpu" */
  readonly provider?: OnnxProvider;
}

/**
 * Load an ONNX file, with the files of external data beside it, and check the names that its manifest gives. It is fed in its own number type.
 *
 * @throws DataError when the file is no ONNX graph, has no input or output of that name, takes or gives numbers of another type than float32,
 * float16 and uint8, or the provider is not to be had.
 */
export async function loadOnnxNetwork(
  path: string,
  { inputName, outputNames, threads, provider = "cpu" }: OnnxNetworkOptions,
): Promise<Network> {
  const { Tensor: OnnxTensor } = await loadOnnx();
  const session = await openSession(path, { threads, provider });
  const pick = (kind: "input" | "output", names: readonly string[], wanted: string | null): string => {
    if (wanted === null && names.length === 1) return names[0];
    if (wanted !== null && names.includes(wanted)) return wanted;
    throw new DataError(
      `loadOnnxNetwork: ${path} has no ${kind} "${wanted ?? "(the only one)"}" but ${names.map((n) => `"${n}"`).join(", ")}; correct ${kind}.name in its manifest`,
    );
  };
  const input = pick("input", session.inputNames, inputName);
  const outputs = outputNames.map((name) => pick("output", session.outputNames, name));
  const metadata = session.inputMetadata.find(({ name }) => name === input);
  const type = metadata?.isTensor === true ? metadata.type : "float32";
  const feed = (data: Float32Array, shape: readonly number[]): Tensor => {
    switch (type) {
      case "float32":
        return new OnnxTensor("float32", data, shape);
      case "float16": {
        const halves = toHalf(data);
        // Where there is a Float16Array (Node 24) the tensor wraps the halves in one, which onnxruntime-node 1.30 reads as empty.
        return Object.defineProperty(new OnnxTensor("float16", halves, shape), "data", { value: halves });
      }
      case "uint8":
        return new OnnxTensor("uint8", Uint8Array.from(Uint8ClampedArray.from(data)), shape);
      default:
        throw wrongType("takes", type);
    }
  };
  const wrongType = (verb: string, found: string): DataError =>
    new DataError(`loadOnnxNetwork: ${path} ${verb} numbers of type ${found}; float32, float16 and uint8 are known, so convert it`);
  const values = ({ type: found, data }: Tensor): Float32Array => {
    if (data instanceof Float32Array) return data;
    if (found === "float16") return data instanceof Uint16Array ? fromHalf(data) : Float32Array.from(data as unknown as ArrayLike<number>);
    if (data instanceof Uint8Array || data instanceof Int8Array) return Float32Array.from(data);
    throw wrongType("gives", found);
  };
  return {
    async run(data, shape): Promise<NetworkOutput[]> {
      const found = await session.run({ [input]: feed(data, shape) }, outputs);
      return outputs.map((name) => ({ values: values(found[name]), shape: found[name].dims }));
    },
    close: () => session.release(),
  };
}

/** The inputs and outputs of an ONNX graph. @throws DataError when the file is none. */
export async function describeOnnxGraph(path: string): Promise<GraphDescription> {
  const session = await openSession(path, { threads: 1, provider: "cpu" });
  const describe = (metadata: readonly InferenceSession.ValueMetadata[]): GraphTensor[] =>
    metadata.map((one) =>
      one.isTensor
        ? { name: one.name, type: one.type, shape: one.shape.map((side) => (typeof side === "number" && side > 0 ? side : null)) }
        : { name: one.name, type: "no tensor", shape: null },
    );
  try {
    return { inputs: describe(session.inputMetadata), outputs: describe(session.outputMetadata) };
  } finally {
    await session.release();
  }
}

async function openSession(
  path: string,
  { threads, provider }: { readonly threads: number; readonly provider: OnnxProvider },
): Promise<InferenceSession> {
  if (provider === "cuda") {
    const { present, detail } = await findCuda();
    if (!present)
      throw new DataError(
        `loadOnnxNetwork: onnxruntime's CUDA provider is not to be had: ${detail}; leave --provider cuda out, or mend that`,
      );
  }
  const { InferenceSession: Session } = await loadOnnx();
  try {
    return await Session.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      executionProviders: [provider],
    });
  } catch (error) {
    throw new DataError(
      `loadOnnxNetwork: ${path} is not an ONNX graph that onnxruntime can load (${firstLine(error)}); get the file again or convert it`,
    );
  }
}
