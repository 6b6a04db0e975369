import { readFile } from "node:fs/promises";
import path from "node:path";
import type { GraphModel } from "@tensorflow/tfjs-converter";
import type * as TensorFlow from "@tensorflow/tfjs-core";
import { DataError } from "../core/errors.js";
import { loadTfjs } from "../linalg/load-tfjs.js";
import type { NetworkOutput } from "./network-output.js";

/** The part of a graph model's JSON that says where the weights are. */
interface ModelFile {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: TensorFlow.io.WeightsManifestEntry[] }[];
}

/** A TensorFlow.js graph with one input, ready to run. */
export interface TfjsNetwork {
  /** Feed one tensor; the values of the named nodes come back in that order. */
  run(data: Float32Array, shape: readonly number[]): Promise<NetworkOutput[]>;
  close(): Promise<void>;
}

/**
 * Load a TensorFlow.js graph model from disk.
 *
 * @throws DataError when the file is no graph model, or has no node of that name.
 */
export async function loadTfjsNetwork(
  file: string,
  { inputName, outputNames }: { readonly inputName: string | null; readonly outputNames: readonly (string | null)[] },
): Promise<TfjsNetwork> {
  const { tf } = await loadTfjs();
  const { GraphModel } = await import("@tensorflow/tfjs-converter");
  const model: GraphModel = new GraphModel({ load: () => readModel(file) });
  await model.load();
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

async function readModel(file: string): Promise<TensorFlow.io.ModelArtifacts> {
  let model: ModelFile;
  try {
    model = JSON.parse(await readFile(file, "utf8")) as ModelFile;
  } catch {
    throw new DataError(`loadTfjsNetwork: ${file} is not the JSON of a TensorFlow.js graph model; get it again`);
  }
  if (typeof model.modelTopology !== "object" || typeof model.weightsManifest !== "object") {
    throw new DataError(`loadTfjsNetwork: ${file} has no modelTopology and weightsManifest; give a TensorFlow.js graph model`);
  }
  const folder = path.dirname(file);
  const shards = model.weightsManifest.flatMap(({ paths }) => paths);
  for (const shard of shards) {
    if (shard !== path.basename(shard))
      throw new DataError(`loadTfjsNetwork: ${file} names weights outside its folder ("${shard}"); they must lie beside it`);
  }
  const buffers = await Promise.all(shards.map((shard) => readFile(path.join(folder, shard))));
  const bytes = Buffer.concat(buffers);
  return {
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  };
}
