import { checkFinite, matrix32, type Matrix32 } from "../core/matrix.js";
import type { EncoderManifest } from "../data/encoder-manifest.js";
import { weightPath } from "../data/weights.js";
import type { Image } from "./image.js";
import { loadOnnxNetwork, type OnnxProvider } from "./onnx-network.js";
import { poolOutput } from "./pool.js";
import { tensorShape, toTensor } from "./preprocess.js";
import { loadTfjsNetwork } from "./tfjs-network.js";

/** A network that turns face crops into vectors. */
export interface Encoder {
  readonly manifest: EncoderManifest;
  /** n crops (as `manifest.crop` names them) to n × d, not normalised. */
  embed(crops: readonly Image[]): Promise<Matrix32>;
  /** Give its memory back. */
  close(): Promise<void>;
}

export interface LoadEncoderOptions {
  /** Holds `encoders/` with the weights. */
  readonly dataFolder: string;
  /** @defaultValue 1 */
  readonly threads?: number;
  /** What ONNX networks run on. @defaultValue "cpu" */
  readonly provider?: OnnxProvider;
}

/** Larger batches fall out of the processor's caches: measured slower on two networks of three. */
const batchSize = 4;

/**
 * Load the network of a manifest. The weights' hash is not checked here: `checkWeights` does.
 *
 * @throws DataError when the file is no graph of its format, or names and sizes are not those of the manifest.
 */
export async function loadEncoder(
  manifest: EncoderManifest,
  { dataFolder, threads = 1, provider = "cpu" }: LoadEncoderOptions,
): Promise<Encoder> {
  const { input, output, dimension, id } = manifest;
  const file = weightPath(manifest, manifest.weights[0], dataFolder);
  const names = { inputName: input.name, outputNames: [output.name] };
  const network = await (manifest.format === "onnx"
    ? loadOnnxNetwork(file, { ...names, threads, provider })
    : loadTfjsNetwork(file, names));

  return {
    manifest,
    close: () => network.close(),
    async embed(crops): Promise<Matrix32> {
      const embeddings = matrix32(crops.length, dimension);
      const batch = input.batch === "any" ? batchSize : input.batch;
      for (let first = 0; first < crops.length; first += batch) {
        const part = crops.slice(first, first + batch);
        // A graph of a fixed batch takes no fewer: the last image again fills it up.
        const filled = input.batch === "any" ? part : Array.from({ length: batch }, (_, i) => part[Math.min(i, part.length - 1)]);
        const [found] = await network.run(toTensor(filled, input), tensorShape(filled.length, input));
        const name = `${id}: output "${output.name ?? "(the only one)"}"`;
        const values = poolOutput(found, output.pooling ?? "none", filled.length, dimension, name);
        embeddings.data.set(values.subarray(0, part.length * dimension), first * dimension);
      }
      checkFinite(embeddings, id);
      return embeddings;
    },
  };
}
