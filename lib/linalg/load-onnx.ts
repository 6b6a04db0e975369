import process from "node:process";
import type * as OnnxRuntime from "onnxruntime-node";

/**
 * Keep onnxruntime from reporting what it runs to its makers, and from leaving a number for this machine in the home folder,
 * both of which its package does unless this is said before it is loaded. What the user has set stays.
 *
 * Variables that are set on a thread do not reach a native library: before threads start, call this on the main one.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}

/** onnxruntime-node, without telemetry; the only place that loads it. */
export async function loadOnnx(): Promise<typeof OnnxRuntime> {
  forbidTelemetry();
  return import("onnxruntime-node");
}
