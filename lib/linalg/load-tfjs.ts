import type * as TensorFlow from "@tensorflow/tfjs-core";

export type TfjsBackend = "tfjs-node-gpu" | "wasm" | "cpu";

let loading: Promise<{ tf: typeof TensorFlow; backend: TfjsBackend }> | undefined;

/** TensorFlow.js on the best backend that loads here: the GPU add-on, WebAssembly, plain JavaScript. */
export function loadTfjs(): Promise<{ tf: typeof TensorFlow; backend: TfjsBackend }> {
  loading ??= startTfjs();
  return loading;
}

async function startTfjs(): Promise<{ tf: typeof TensorFlow; backend: TfjsBackend }> {
  try {
    const addOn: string = "@tensorflow/tfjs-node-gpu"; // not a literal: the package may be absent
    const loaded = (await import(addOn)) as { default: typeof TensorFlow };
    await loaded.default.ready();
    return { tf: loaded.default, backend: "tfjs-node-gpu" };
  } catch {
    const tf = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-wasm");
    if (await tf.setBackend("wasm")) return { tf, backend: "wasm" };
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    return { tf, backend: "cpu" };
  }
}
