import { ValueError } from "../core/errors.js";
import type { Engine, EngineName } from "./engine.js";
import { createOnnxEngine } from "./onnx.js";

/** What `facebridge doctor` says about one engine. */
export interface EngineReport {
  readonly name: EngineName;
  readonly present: boolean;
  /** What it runs on, or why it is not there and how to get it. */
  readonly detail: string;
}

let onnx: Engine | undefined;

/**
 * The engine of that name, made once a process.
 *
 * @defaultValue name = "onnx"
 * @throws ValueError when that engine is not present.
 */
export async function chooseEngine(name: EngineName = "onnx"): Promise<Engine> {
  const reports = await describeEngines();
  const report = reports.find((entry) => entry.name === name);
  if (report?.present !== true) {
    const present = reports.filter((entry) => entry.present).map((entry) => `"${entry.name}"`);
    const reason = report === undefined ? "there is no such engine" : report.detail;
    const advice = present.length > 0 ? `present: ${present.join(", ")}` : "none is present, so install the dependencies again";
    throw new ValueError(`chooseEngine: engine "${name}" is not present (${reason}); ${advice}`);
  }
  onnx ??= createOnnxEngine();
  return onnx;
}

/** Every engine that the library knows, whether it is present, and why not. */
export async function describeEngines(): Promise<EngineReport[]> {
  return [
    await describeOnnx(),
    { name: "openblas", present: false, detail: "this version has no bindings for it" },
    { name: "tfjs", present: false, detail: "this version has no bindings for it" },
  ];
}

async function describeOnnx(): Promise<EngineReport> {
  try {
    const { env } = await import("onnxruntime-node");
    return { name: "onnx", present: true, detail: `onnxruntime-node ${env.versions.node ?? env.versions.common}, CPU` };
  } catch (error) {
    return { name: "onnx", present: false, detail: error instanceof Error ? error.message.split("\n")[0] : String(error) };
  }
}
