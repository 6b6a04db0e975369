import { constants } from "node:fs";
import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { addedEmbeddings, forgetEncoder } from "../data/embedding-folders.js";
import type { EncoderManifest, WeightFile } from "../data/encoder-manifest.js";
import { checkFreeId, checkId, isOwn, writeLocalManifest } from "../data/local-manifest.js";
import { checkInside, localFolder, staysInside } from "../data/locate.js";
import { fileSha256 } from "../data/weights.js";
import type { NetworkOutput } from "./network.js";
import { externalFiles } from "./onnx-external-files.js";
import { describeOnnxGraph, loadOnnxNetwork } from "./onnx-network.js";
import { tensorShape } from "./preprocess.js";
import { type NetworkAnswers, ownManifest, proposeInput, proposeOutput, readDimension } from "./propose-manifest.js";
import { describeTfjsGraph, loadTfjsNetwork, tfjsWeightFiles } from "./tfjs-network.js";

export interface AddEncoderOptions {
  readonly id: string;
  readonly answers: NetworkAnswers;
  /** As its source states it. */
  readonly licence: string;
  /** Put it in the place of the user's own network of that id; what that one has embedded goes with it. */
  readonly replace: boolean;
}

/**
 * Copy a network's files into the user's folder and write its manifest, from what its graph says and from the answers. The network is run on an even grey,
 * to see what it gives.
 *
 * @param file an ONNX graph, or the JSON of a TensorFlow.js graph model; files that it names must lie beside or below it.
 * @throws DataError when it is neither, names files elsewhere, does not run, or leaves open what an answer would settle. Nothing is left behind then.
 */
export async function addEncoder(file: string, { id, answers, licence, replace }: AddEncoderOptions): Promise<EncoderManifest> {
  checkId(id);
  const folder = path.join(localFolder(), "encoders");
  if (!(replace && (await isOwn("encoders", id)))) await checkFreeId(id, "encoders");
  const added = addedEmbeddings(id);
  if ((await stat(added).catch(() => null)) !== null) {
    throw new DataError(
      `addEncoder: embeddings of "${id}" were added, in ${added}; give the network another name: --as <id>, or take them away`,
    );
  }
  const format = formatOf(file);
  const parts = format === "onnx" ? externalFiles(file) : await tfjsWeightFiles(file);
  for (const part of parts) await checkPart(file, part);

  const { input, ...output } = await readGraph(file, format, answers);
  const names = [path.basename(file), ...parts.map((part) => path.normalize(part))];
  const weights: WeightFile[] = [];
  const staging = path.join(folder, `.${id}.add`);
  try {
    await rm(staging, { recursive: true, force: true });
    for (const name of names) {
      const to = path.join(staging, name);
      await mkdir(path.dirname(to), { recursive: true });
      await copyFile(path.join(path.dirname(file), name), to, constants.COPYFILE_FICLONE);
      weights.push({ path: `${id}/${name.split(path.sep).join("/")}`, bytes: (await stat(to)).size, sha256: await fileSha256(to) });
    }
    const { crop, kind = "face" } = answers;
    const manifest = ownManifest(id, { format, input, ...output, weights, crop, kind, licence, from: path.basename(file) });
    await forgetEncoder(id);
    await rm(path.join(folder, id), { recursive: true, force: true });
    await rename(staging, path.join(folder, id));
    await writeLocalManifest("encoders", manifest);
    return { ...manifest, root: localFolder() };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function formatOf(file: string): EncoderManifest["format"] {
  const ending = path.extname(file).toLowerCase();
  if (ending === ".onnx") return "onnx";
  if (ending === ".json") return "tfjs-graph";
  throw new DataError(`addEncoder: ${file} is no .onnx file and no .json of a TensorFlow.js graph model; convert it to one of them`);
}

/** @throws DataError when a file that the graph names lies elsewhere, or is not there. */
async function checkPart(file: string, part: string): Promise<void> {
  const folder = path.dirname(file);
  checkInside(part, `addEncoder: external data of ${path.basename(file)}`);
  const where = path.join(folder, part);
  if (!(await stat(where).catch(() => null))?.isFile()) {
    throw new DataError(`addEncoder: ${path.basename(file)} needs ${part} beside it, which is not there; put it into ${folder}`);
  }
  if (!(await staysInside(folder, where))) {
    throw new DataError(`addEncoder: ${where} is a link that leads out of ${folder}; put the file itself there`);
  }
}

async function readGraph(
  file: string,
  format: EncoderManifest["format"],
  answers: NetworkAnswers,
): Promise<Pick<EncoderManifest, "input" | "output" | "dimension">> {
  const graph = await (format === "onnx" ? describeOnnxGraph(file) : describeTfjsGraph(file));
  const input = proposeInput(graph, answers);
  // Any node of a TensorFlow.js graph may be its output.
  const name = format === "tfjs-graph" && answers.outputName !== undefined ? answers.outputName : proposeOutput(graph, answers.outputName);
  const names = { inputName: input.name, outputNames: [name] };
  const network = await (format === "onnx" ? loadOnnxNetwork(file, { ...names, threads: 1 }) : loadTfjsNetwork(file, names));
  const run = async (count: number): Promise<NetworkOutput> => {
    const shape = tensorShape(count, input);
    try {
      return (await network.run(new Float32Array(shape.reduce((product, side) => product * side)), shape))[0];
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(
        `addEncoder: ${file} does not run on ${shape.join(" × ")} (${firstLine(error)}); see --size and --layout, or export it again`,
      );
    }
  };
  try {
    const count = input.batch === "any" ? 1 : input.batch;
    const found = await run(count);
    const one = { shape: found.shape, values: found.values.subarray(0, found.values.length / count) };
    const { dimension, pooling } = readDimension(one, answers.pooling);
    // Some graphs say that they take any number of images and take one alone.
    const takesTwo = input.batch !== "any" || (await run(2).then(({ values }) => values.length === 2 * found.values.length, () => false)); // prettier-ignore
    const output = { name, ...(pooling === "none" ? {} : { pooling }) };
    return { input: takesTwo ? input : { ...input, batch: 1 }, output, dimension };
  } finally {
    await network.close();
  }
}
