import type * as TensorFlow from "@tensorflow/tfjs-core";
import { firstLine } from "../core/error-reason.js";

export type TfjsBackend = "tfjs-node-gpu" | "wasm" | "cpu";

export interface LoadedTfjs {
  readonly tf: typeof TensorFlow;
  readonly backend: TfjsBackend;
  /** Why this backend, in words. */
  readonly reason: string;
}

let loading: Promise<LoadedTfjs> | undefined;

/** TensorFlow.js on the best backend that runs here: the GPU add-on where it finds a GPU, WebAssembly, plain JavaScript. */
export function loadTfjs(): Promise<LoadedTfjs> {
  loading ??= startTfjs();
  return loading;
}

async function startTfjs(): Promise<LoadedTfjs> {
  let reason: string;
  try {
    const addOn: string = "@tensorflow/tfjs-node-gpu"; // not a literal: the package may be absent
    const loaded = (await import(addOn)) as { default: typeof TensorFlow };
    await loaded.default.ready();
    const { isUsingGpuDevice } = loaded.default.backend() as { readonly isUsingGpuDevice?: boolean };
    if (isUsingGpuDevice === true) return { tf: loaded.default, backend: "tfjs-node-gpu", reason: "the add-on finds a GPU" };
    reason = "the add-on @tensorflow/tfjs-node-gpu is installed and finds no GPU";
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    reason = missing
      ? "the add-on @tensorflow/tfjs-node-gpu is not installed (docs/gpu.md)"
      : `the add-on @tensorflow/tfjs-node-gpu does not load (${firstLine(error)})`;
  }
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-wasm");
  if (await tf.setBackend("wasm")) return { tf, backend: "wasm", reason };
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  return { tf, backend: "cpu", reason: `${reason}, and WebAssembly does not start` };
}
