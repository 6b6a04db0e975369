import { DataError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { Tensor } from "../data/safetensors.js";
import type { AlignmentMap } from "./map.js";

const format = "facebridge-map/3";

/** A saved map: what is no array as JSON text, and the arrays by name. */
export interface MapRecord {
  readonly text: string;
  /** `weights` p × m, `source_mean` p, `target_mean` q, and `target_weights` q × m for a map that has them; float64. */
  readonly arrays: Readonly<Record<string, Tensor>>;
}

type ArrayField = "weights" | "targetWeights" | "sourceMean" | "targetMean" | "sourceDimension" | "targetDimension";
type Plain = Omit<AlignmentMap, ArrayField>;

/** Take a map apart. */
export function recordMap(map: AlignmentMap): MapRecord {
  const plain = Object.fromEntries(Object.keys(fields).map((field) => [field, map[field as keyof Plain]]));
  const arrays = {
    weights: tensorOf(map.weights),
    source_mean: { shape: [map.sourceMean.length], data: map.sourceMean },
    target_mean: { shape: [map.targetMean.length], data: map.targetMean },
    ...(map.targetWeights === null ? {} : { target_weights: tensorOf(map.targetWeights) }),
  };
  return { text: JSON.stringify({ format, ...plain }), arrays };
}

/**
 * The frozen map that `recordMap` took apart.
 *
 * @param file only for messages.
 * @throws DataError when the text is not such a record, sizes disagree, or a number is not finite.
 */
export function mapFromRecord({ text, arrays }: MapRecord, file: string): AlignmentMap {
  const plain = parse(text, file);
  const sourceMean = arrayOf(arrays, { name: "source_mean", shape: [null] }, file);
  const targetMean = arrayOf(arrays, { name: "target_mean", shape: [null] }, file);
  const [p, q] = [sourceMean.data.length, targetMean.data.length];
  const hasTargetWeights = Object.hasOwn(arrays, "target_weights");
  const weights = arrayOf(arrays, { name: "weights", shape: [p, hasTargetWeights ? null : q] }, file);
  const [, m] = weights.shape;
  const targetWeights = hasTargetWeights ? arrayOf(arrays, { name: "target_weights", shape: [q, m] }, file) : null;
  return Object.freeze({
    ...plain,
    identities: Object.freeze([...plain.identities]),
    sourceDimension: p,
    targetDimension: q,
    weights: matrix64(p, m, weights.data),
    targetWeights: targetWeights === null ? null : matrix64(q, m, targetWeights.data),
    sourceMean: sourceMean.data,
    targetMean: targetMean.data,
  });
}

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);

const fields: Readonly<Record<keyof Plain, (value: unknown) => boolean>> = {
  name: isText,
  frame: (value) => value === "centred" || value === "raw",
  identities: (value) => Array.isArray(value) && value.every(isText),
  trainCount: isCount,
  parameterCount: isCount,
  effectiveDf: isNumberOrNull,
  rank: isCount,
  condition: isNumberOrNull,
  trainResidual: isNumberOrNull,
  tuneResidual: isNumberOrNull,
  lambda: isNumberOrNull,
  lambdaRatio: isNumberOrNull,
  engine: (value) => value === null || isText(value),
  objective: isText,
};

function parse(text: string, file: string): Plain {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError(`${file}: what describes the map is not JSON; save the map again`);
  }
  const found = typeof value === "object" && value !== null && "format" in value ? String(value.format) : "none";
  if (found !== format) throw new DataError(`${file}: the format is ${found}; it must be ${format}, so save the map again`);
  const saved = value as Record<string, unknown>;
  for (const [field, isRight] of Object.entries(fields)) {
    if (!isRight(saved[field])) {
      throw new DataError(`${file}: field "${field}" is ${field in saved ? JSON.stringify(saved[field]) : "missing"}; save the map again`);
    }
  }
  return Object.fromEntries(Object.keys(fields).map((field) => [field, saved[field]])) as unknown as Plain;
}

interface Wanted {
  readonly name: string;
  /** null where any length above zero will do. */
  readonly shape: readonly (number | null)[];
}

function arrayOf(
  arrays: MapRecord["arrays"],
  { name, shape: wanted }: Wanted,
  file: string,
): { readonly shape: readonly number[]; readonly data: Float64Array } {
  if (!Object.hasOwn(arrays, name)) throw new DataError(`${file}: there is no array ${name}; save the map again`);
  const { shape, data } = arrays[name];
  const fits = shape.length === wanted.length && wanted.every((side, i) => (side === null ? shape[i] > 0 : side === shape[i]));
  if (!(data instanceof Float64Array) || !fits) {
    const needed = wanted.map((side) => side ?? "any").join(" × ");
    throw new DataError(
      `${file}: ${name} is ${data.constructor.name} of shape ${shape.join(" × ")}; it must be float64 of shape ${needed}, so save the map again`,
    );
  }
  const bad = data.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) throw new DataError(`${file}: ${name} has ${data[bad]} at ${bad}; every value must be finite, so save the map again`);
  return { shape, data };
}

function tensorOf({ rows, columns, data }: Matrix64): Tensor {
  return { shape: [rows, columns], data };
}
