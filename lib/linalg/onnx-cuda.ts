import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { firstLine } from "../core/error-reason.js";
import { gemmModel } from "./onnx-gemm.js";
import { loadOnnx } from "./load-onnx.js";

/** Whether onnxruntime's CUDA provider runs here, and why not. */
export interface CudaReport {
  readonly present: boolean;
  readonly detail: string;
}

/** Look for onnxruntime's CUDA libraries and, where they are, start them on a small graph. */
export async function findCuda(): Promise<CudaReport> {
  const name = process.platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
  const packageFolder = path.dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const file = path.join(packageFolder, "bin", "napi-v6", process.platform, process.arch, name);
  if (!existsSync(file)) return { present: false, detail: `its library ${name} is not installed (docs/gpu.md)` };
  try {
    const { InferenceSession } = await loadOnnx();
    const model = gemmModel({ width: "float32", transposeLeft: false, transposeRight: false });
    const session = await InferenceSession.create(model, { executionProviders: ["cuda"], logSeverityLevel: 4 });
    await session.release();
    return { present: true, detail: "its library loads and finds a GPU" };
  } catch (error) {
    return { present: false, detail: `its library is installed and does not run: ${firstLine(error)}` };
  }
}
