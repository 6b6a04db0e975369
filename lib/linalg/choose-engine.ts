import { firstLine } from "../core/error-reason.js";
import { ValueError } from "../core/errors.js";
import type { Engine, EngineName } from "./engine.js";
import { loadOnnx } from "./load-onnx.js";
import { createOnnxEngine } from "./onnx.js";
import { findOpenblas } from "./openblas-find.js";
import { createOpenblasEngine } from "./openblas.js";
import { createTfjsEngine } from "./tfjs.js";
import { loadTfjs } from "./load-tfjs.js";

/** What `facebridge doctor` says about one engine. */
export interface EngineReport {
  readonly name: EngineName;
  readonly present: boolean;
  /** What it runs on, or why it is not there and how to get it. */
  readonly detail: string;
}

interface Found {
  readonly engine: Engine | null;
  readonly detail: string;
}

const finders: Readonly<Record<EngineName, () => Promise<Found>>> = { onnx: findOnnx, openblas: findOpenblasEngine, tfjs: findTfjs };
const found = new Map<EngineName, Promise<Found>>();

/** What FACEBRIDGE_ENGINE names, whether there is such an engine or not; else "onnx". */
export function usualEngine({ FACEBRIDGE_ENGINE: named }: NodeJS.ProcessEnv = process.env): EngineName {
  return (named === undefined || named === "" ? "onnx" : named) as EngineName;
}

/**
 * The engine of that name, made once a process. Only that engine is looked for.
 *
 * @defaultValue name = that of `usualEngine`
 * @throws ValueError when that engine is not present.
 */
export async function chooseEngine(name: EngineName = usualEngine()): Promise<Engine> {
  const { engine, detail } = await find(name);
  if (engine !== null) return engine;
  const present = (await describeEngines()).filter((entry) => entry.present).map((entry) => `"${entry.name}"`);
  const advice = present.length > 0 ? `present: ${present.join(", ")}` : "none is present, so install the dependencies again";
  throw new ValueError(`chooseEngine: engine "${name}" is not present (${detail}); ${advice}`);
}

/** Every engine that the library knows, whether it is present, and why not. */
export async function describeEngines(): Promise<EngineReport[]> {
  return Promise.all(
    (Object.keys(finders) as EngineName[]).map(async (name) => {
      const { engine, detail } = await find(name);
      return { name, present: engine !== null, detail };
    }),
  );
}

/** Look once; again where it was not found, since it may have been installed since. */
async function find(name: EngineName): Promise<Found> {
  if (!Object.hasOwn(finders, name)) return { engine: null, detail: "there is no such engine" };
  let search = found.get(name);
  if (search === undefined) {
    search = finders[name]();
    found.set(name, search);
  }
  const result = await search;
  if (result.engine === null) found.delete(name);
  return result;
}

async function findOnnx(): Promise<Found> {
  try {
    const { env } = await loadOnnx();
    return { engine: createOnnxEngine(), detail: `onnxruntime-node ${env.versions.node ?? env.versions.common}, CPU` };
  } catch (error) {
    return { engine: null, detail: firstLine(error) };
  }
}

async function findOpenblasEngine(): Promise<Found> {
  const { library, detail } = await findOpenblas();
  return { engine: library === null ? null : createOpenblasEngine(library), detail };
}

async function findTfjs(): Promise<Found> {
  const { engine: doubles, detail } = await find("onnx");
  if (doubles === null) return { engine: null, detail: `it leaves float64 to the onnx engine, which is not present: ${detail}` };
  try {
    const { tf, backend } = await loadTfjs();
    const engine = await createTfjsEngine(doubles);
    return { engine, detail: `TensorFlow.js ${tf.version_core} on ${backend}: float32 products; float64 by onnx` };
  } catch (error) {
    return { engine: null, detail: firstLine(error) };
  }
}
