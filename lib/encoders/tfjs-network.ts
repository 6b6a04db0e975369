import { readFile } from "node:fs/promises";
import path from "node:path";
import type { GraphModel } from "@tensorflow/tfjs-converter";
import type * as TensorFlow from "@tensorflow/tfjs-core";
import { DataError } from "../core/errors.js";
import { loadTfjs } from "../linalg/load-tfjs.js";

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
  { inputName, outputName }: { readonly inputName: string; readonly outputName: string },
): Promise<{ run: (data: Float32Array, shape: readonly number[]) => Promise<Float32Array>; close: () => Promise<void> }> {
  const { tf } = await loadTfjs();
  const { GraphModel } = await import("@tensorflow/tfjs-converter");
  const model: GraphModel = new GraphModel({ load: () => readModel(file) });
  await model.load();
  if (!model.inputs.some(({ name }) => name === inputName)) {
    throw new DataError(
      `loadTfjsNetwork: ${file} has no input "${inputName}" but ${model.inputs.map(({ name }) => `"${name}"`).join(", ")}; correct input.name in its manifest`,
    );
  }
  return {
    async run(data, shape): Promise<Float32Array> {
      const input = tf.tensor(data, [...shape], "float32");
      let output: TensorFlow.Tensor | undefined;
      try {
        output = model.execute({ [inputName]: input }, outputName) as TensorFlow.Tensor;
        return (await output.data()) as Float32Array;
      } catch (error) {
        throw new DataError(
          `loadTfjsNetwork: ${file} did not run to "${outputName}" (${String(error)}); correct output.name in its manifest`,
        );
      } finally {
        input.dispose();
        output?.dispose();
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
