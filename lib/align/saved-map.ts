import { DataError } from "../core/errors.js";
import { matrix64 } from "../core/matrix.js";
import type { AlignmentMap } from "./map.js";

const format = "facebridge-map/1";

const bytesPerNumber = 8;

type Plain = Omit<AlignmentMap, "weights" | "sourceMean" | "targetMean">;

/** What a saved map looks like; arrays are little-endian float64 in base64. */
interface SavedMap extends Plain {
  readonly format: typeof format;
  readonly weights: string;
  readonly sourceMean: string;
  readonly targetMean: string;
}

/** The map as JSON text that keeps every bit of it. */
export function mapToJson(map: AlignmentMap): string {
  const saved: SavedMap = {
    format,
    ...map,
    weights: encode(map.weights.data),
    sourceMean: encode(map.sourceMean),
    targetMean: encode(map.targetMean),
  };
  return JSON.stringify(saved);
}

/**
 * The frozen map that `mapToJson` wrote.
 *
 * @throws DataError when the text is not such a map, its sizes disagree, or a number is not finite.
 */
export function mapFromJson(text: string): AlignmentMap {
  const saved = parse(text);
  const { sourceDimension: p, targetDimension: q } = saved;
  return Object.freeze({
    name: saved.name,
    sourceDimension: p,
    targetDimension: q,
    weights: matrix64(p, q, decode(saved.weights, p * q, "weights")),
    sourceMean: decode(saved.sourceMean, p, "sourceMean"),
    targetMean: decode(saved.targetMean, q, "targetMean"),
    identities: Object.freeze([...saved.identities]),
    trainCount: saved.trainCount,
    parameterCount: saved.parameterCount,
    effectiveDf: saved.effectiveDf,
    rank: saved.rank,
    lambda: saved.lambda,
    lambdaRatio: saved.lambdaRatio,
    engine: saved.engine,
    objective: saved.objective,
  });
}

function parse(text: string): SavedMap {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError("mapFromJson: the text is not JSON; pass what mapToJson wrote");
  }
  const found = typeof value === "object" && value !== null && "format" in value ? String(value.format) : "none";
  if (found !== format) throw new DataError(`mapFromJson: the format is ${found}; it must be ${format}, so save the map again`);
  const saved = value as Record<keyof SavedMap, unknown>;
  for (const [field, isRight] of Object.entries(fields)) {
    if (!isRight(saved[field as keyof SavedMap])) {
      throw new DataError(`mapFromJson: field "${field}" is ${JSON.stringify(saved[field as keyof SavedMap])}; save the map again`);
    }
  }
  return value as SavedMap;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);

const fields: Readonly<Record<Exclude<keyof SavedMap, "format">, (value: unknown) => boolean>> = {
  name: isText,
  sourceDimension: isCount,
  targetDimension: isCount,
  weights: isText,
  sourceMean: isText,
  targetMean: isText,
  identities: (value) => Array.isArray(value) && value.every(isText),
  trainCount: isCount,
  parameterCount: isCount,
  effectiveDf: isNumberOrNull,
  rank: isCount,
  lambda: isNumberOrNull,
  lambdaRatio: isNumberOrNull,
  engine: (value) => value === null || isText(value),
  objective: isText,
};

function encode(values: Float64Array): string {
  const bytes = Buffer.alloc(values.length * bytesPerNumber);
  values.forEach((value, i) => bytes.writeDoubleLE(value, i * bytesPerNumber));
  return bytes.toString("base64");
}

function decode(text: string, count: number, field: string): Float64Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== count * bytesPerNumber) {
    throw new DataError(
      `mapFromJson: ${field} holds ${bytes.length / bytesPerNumber} numbers; the dimensions ask for ${count}, so save the map again`,
    );
  }
  const values = Float64Array.from({ length: count }, (_, i) => bytes.readDoubleLE(i * bytesPerNumber));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new DataError(`mapFromJson: ${field} has ${values[bad]} at ${bad}; every value must be finite, so save the map again`);
  return values;
}
