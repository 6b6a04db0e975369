import { DataError } from "../core/errors.js";
import type { EncoderManifest, InputManifest, Pooling, WeightFile } from "../data/encoder-manifest.js";
import type { GraphDescription, GraphTensor, NetworkOutput } from "./network.js";

/** What a graph cannot say, or may say wrong. */
export interface NetworkAnswers {
  readonly inputName?: string;
  readonly outputName?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly layout?: InputManifest["layout"];
  readonly pooling?: Pooling;
  readonly kind?: EncoderManifest["kind"];
  readonly channels: InputManifest["channels"];
  readonly mean: InputManifest["mean"];
  readonly scale: InputManifest["scale"];
  readonly crop: EncoderManifest["crop"];
}

/** Wide enough to tell people apart, and no list of classes of a detector. */
const leastDimension = 16;

/**
 * The input that a graph takes an image by: its only one of four axes, whose layout is told by the axis of one or three channels.
 *
 * @throws DataError when the graph takes something else, or what is missing is not answered.
 */
export function proposeInput({ inputs }: GraphDescription, answers: Omit<NetworkAnswers, "crop">): InputManifest {
  const { name, shape } = pickTensor("input", inputs, answers.inputName, inputs);
  if (inputs.length > 1) {
    throw new DataError(
      `proposeInput: the graph takes ${inputs.length} inputs (${listTensors(inputs)}); networks with one image input are known`,
    );
  }
  if (shape?.length !== 4) {
    throw new DataError(
      `proposeInput: input "${name}" is ${formatShape(shape)}; an image input has four axes, images × channels × height × width or channels last`,
    );
  }
  const isChannels = (side: number | null): boolean => side === 1 || side === 3;
  const layout = answers.layout ?? (isChannels(shape[1]) ? "NCHW" : isChannels(shape[3]) ? "NHWC" : null);
  if (layout === null) {
    throw new DataError(
      `proposeInput: input "${name}" is ${formatShape(shape)}, and no axis has one or three channels; say --layout NCHW or NHWC`,
    );
  }
  const [channelCount, height, width] = layout === "NCHW" ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]];
  const size = answers.size ?? (width !== null && height !== null ? { width, height } : null);
  if (size === null) throw new DataError(`proposeInput: the graph takes any size; say which: --size 112x112`);
  if ((width !== null && width !== size.width) || (height !== null && height !== size.height)) {
    throw new DataError(`proposeInput: the graph takes ${width} × ${height} pixels, not ${size.width} × ${size.height}; leave --size out`);
  }
  if (channelCount !== null && !isChannels(channelCount)) {
    throw new DataError(`proposeInput: input "${name}" takes ${channelCount} channels; one (grey) or three are known, so see --layout`);
  }
  const channels = channelCount === 1 ? "GRAY" : answers.channels;
  if (channels === "GRAY" && channelCount === 3) {
    throw new DataError(`proposeInput: input "${name}" takes three channels; say --channels RGB or BGR`);
  }
  const { mean, scale } = answers;
  if (channels === "GRAY" && typeof (typeof mean === "number" ? scale : mean) !== "number") {
    throw new DataError(`proposeInput: input "${name}" takes grey images; give one number for --mean and --scale`);
  }
  return { name, ...size, layout, channels, mean, scale, batch: shape[0] ?? "any" };
}

/**
 * The name of the output that is an embedding: the one that is named, the only one, or the only one whose last axis is wide enough.
 *
 * @throws DataError when several may be meant, or the graph lists none of that name.
 */
export function proposeOutput({ outputs }: GraphDescription, name: string | undefined): string {
  const wide = outputs.filter(
    ({ shape }) => shape === null || shape.length === 0 || (shape.at(-1) ?? leastDimension) >= leastDimension || shape.length === 4,
  );
  return pickTensor("output", outputs, name, wide).name;
}

/**
 * Dimension and pooling from what the network gave for one image.
 *
 * @throws DataError when tokens or a map came and no pooling says how they become one vector, or the vector is too short.
 */
export function readDimension({ shape, values }: NetworkOutput, pooling: Pooling | undefined): { dimension: number; pooling: Pooling } {
  const sides = shape.filter((side, axis) => axis > 0 && side !== 1);
  if (pooling === undefined && shape.length > 1 && sides.length > 1) {
    const choices = shape.length === 3 ? "class-token, mean-patches or mean-tokens" : "mean-map";
    throw new DataError(
      `readDimension: the output is ${shape.join(" × ")}, not one vector an image; say how it becomes one: --pooling ${choices}`,
    );
  }
  const chosen = pooling ?? "none";
  const dimension = chosen === "none" ? values.length : chosen === "mean-map" ? shape[1] : shape[shape.length - 1];
  if (!(dimension >= leastDimension)) {
    throw new DataError(
      `readDimension: the output is ${shape.join(" × ")}, ${dimension} values an image; an embedding has ${leastDimension} or more, so name another: --output <name>`,
    );
  }
  return { dimension, pooling: chosen };
}

/** The manifest of a network that the user adds: held out, since no choice of the method was made by looking at it. */
export function ownManifest(
  id: string,
  fields: Pick<EncoderManifest, "format" | "input" | "output" | "dimension" | "crop" | "kind"> & {
    readonly weights: readonly WeightFile[];
    readonly licence: string;
    readonly from: string;
  },
): EncoderManifest {
  const { licence, from, ...rest } = fields;
  return {
    id,
    ...rest,
    form: "as the user has it",
    licence: { name: licence, permissive: false },
    source: { repository: "the user's own", path: from },
    role: "held-out",
    family: "the user's own",
    architecture: "not said",
    training: "not said",
    siblings: [],
    packed: false,
    reported: null,
  };
}

function pickTensor(
  kind: "input" | "output",
  all: readonly GraphTensor[],
  name: string | undefined,
  likely: readonly GraphTensor[],
): GraphTensor {
  const found =
    name === undefined ? (all.length === 1 ? all[0] : likely.length === 1 ? likely[0] : undefined) : all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const what = name === undefined ? `has ${all.length} ${kind}s` : `has no ${kind} "${name}"`;
  throw new DataError(`proposeManifest: the graph ${what}: ${listTensors(all)}; say which: --${kind} <name>`);
}

function listTensors(tensors: readonly GraphTensor[]): string {
  const shown = tensors.slice(0, 20).map(({ name, shape }) => `"${name}" (${formatShape(shape)})`);
  return shown.join(", ") + (tensors.length > shown.length ? ", …" : "");
}

function formatShape(shape: GraphTensor["shape"]): string {
  if (shape === null) return "of an unknown shape";
  return shape.map((side) => side ?? "any").join(" × ") || "a scalar";
}
