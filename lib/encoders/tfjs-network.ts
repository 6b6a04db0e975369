import { readFile } from "node:fs/promises";
import path from "node:path";
import type { GraphModel } from "@tensorflow/tfjs-converter";
import type * as TensorFlow from "@tensorflow/tfjs-core";
import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { loadTfjs } from "../linalg/load-tfjs.js";
import type { GraphDescription, GraphTensor, Network, NetworkOutput } from "./network.js";

/** The part of a graph model's JSON that says where the weights are. */
interface ModelFile {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: TensorFlow.io.WeightsManifestEntry[] }[];
}

/**
 * Load a TensorFlow.js graph model from disk.
 *
 * @throws DataError when the file is no graph model, or has no node of that name.
 */
export async function loadTfjsNetwork(
  file: string,
  { inputName, outputNames }: { readonly inputName: string | null; readonly outputNames: readonly (string | null)[] },
): Promise<Network> {
  const { tf } = await loadTfjs();
  const model = await openModel(file);
  const pick = (kind: string, names: readonly string[], wanted: string | null, isThere: boolean): string => {
    if (wanted === null && names.length === 1) return names[0];
    if (wanted !== null && isThere) return wanted;
    throw new DataError(
      `loadTfjsNetwork: ${file} has no ${kind} "${wanted ?? "(the only one)"}" but ${names.map((name) => `"${name}"`).join(", ")}; correct ${kind}.name in its manifest`,
    );
  };
  const inputs = model.inputs.map(({ name }) => name);
  const input = pick("input", inputs, inputName, inputName !== null && inputs.includes(inputName));
  // Any node may be an output, not only those that the file names.
  const nodes = outputNames.map((name) => pick("output", model.outputNodes, name, true));
  return {
    async run(data, shape): Promise<NetworkOutput[]> {
      const tensor = tf.tensor(data, [...shape], "float32");
      let outputs: TensorFlow.Tensor[] = [];
      try {
        outputs = [model.execute({ [input]: tensor }, nodes)].flat();
        return await Promise.all(outputs.map(async (output) => ({ values: (await output.data()) as Float32Array, shape: output.shape })));
      } catch (error) {
        const names = nodes.map((name) => `"${name}"`).join(", ");
        throw new DataError(`loadTfjsNetwork: ${file} did not run to ${names} (${String(error)}); correct output.name in its manifest`);
      } finally {
        for (const used of [tensor, ...outputs]) used.dispose();
      }
    },
    close(): Promise<void> {
      model.dispose();
      return Promise.resolve();
    },
  };
}

/** The inputs and outputs that a TensorFlow.js graph model names; any other node may be an output too. @throws DataError when the file is none. */
export async function describeTfjsGraph(file: string): Promise<GraphDescription> {
  await loadTfjs();
  const model = await openModel(file);
  const describe = (nodes: GraphModel["inputs"]): GraphTensor[] =>
    nodes.map(({ name, dtype, shape }) => ({ name, type: dtype, shape: shape?.map((side) => (side > 0 ? side : null)) ?? null }));
  try {
    return { inputs: describe(model.inputs), outputs: describe(model.outputs) };
  } finally {
    model.dispose();
  }
}

/** The files beside a graph model's JSON that hold its weights. @throws DataError when the file is no graph model, or names weights elsewhere. */
export async function tfjsWeightFiles(file: string): Promise<string[]> {
  return shardsOf(await parseModel(file), file);
}

async function openModel(file: string): Promise<GraphModel> {
  const { GraphModel } = await import("@tensorflow/tfjs-converter");
  const model: GraphModel = new GraphModel({ load: () => readModel(file) });
  try {
    await model.load();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`loadTfjsNetwork: ${file} is no graph model that TensorFlow.js can load (${firstLine(error)}); get it again`);
  }
  return model;
}

async function parseModel(file: string): Promise<ModelFile> {
  let model: Partial<ModelFile> | null;
  try {
    model = JSON.parse(await readFile(file, "utf8")) as Partial<ModelFile> | null;
  } catch {
    throw new DataError(`loadTfjsNetwork: ${file} is not the JSON of a TensorFlow.js graph model; get it again`);
  }
  const { modelTopology, weightsManifest } = model ?? {};
  if (typeof modelTopology !== "object" || !Array.isArray(weightsManifest)) {
    throw new DataError(`loadTfjsNetwork: ${file} has no modelTopology and weightsManifest; give a TensorFlow.js graph model`);
  }
  for (const group of weightsManifest as readonly (Partial<ModelFile["weightsManifest"][number]> | null)[]) {
    if (Array.isArray(group?.paths) && Array.isArray(group.weights)) continue;
    throw new DataError(`loadTfjsNetwork: ${file} has a weightsManifest without paths and weights; get it again`);
  }
  return { modelTopology, weightsManifest };
}

function shardsOf({ weightsManifest }: ModelFile, file: string): string[] {
  const shards = weightsManifest.flatMap(({ paths }) => paths);
  for (const shard of shards) {
    if (typeof shard !== "string" || shard !== path.basename(shard) || shard === "..")
      throw new DataError(`loadTfjsNetwork: ${file} names weights outside its folder ("${shard}"); they must lie beside it`);
  }
  return shards;
}

async function readModel(file: string): Promise<TensorFlow.io.ModelArtifacts> {
  const model = await parseModel(file);
  const folder = path.dirname(file);
  const buffers = await Promise.all(
    shardsOf(model, file).map((shard) =>
      readFile(path.join(folder, shard)).catch(() => {
        throw new DataError(`loadTfjsNetwork: ${file} needs ${shard} beside it, which cannot be read; put it there`);
      }),
    ),
  );
  const bytes = Buffer.concat(buffers);
  return {
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  };
}
