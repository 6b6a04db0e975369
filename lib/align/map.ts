import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { Engine, EngineName } from "../linalg/engine.js";
import { rowsPerBlock } from "./cloud.js";
import type { Moments } from "./moments.js";
import { centreRows } from "./rows.js";

/** x ↦ (x − sourceMean) W + targetMean, and what is to be known about it. */
export interface AlignmentMap {
  readonly name: string;
  /** p. */
  readonly sourceDimension: number;
  /** q. */
  readonly targetDimension: number;
  /** W, p × q. */
  readonly weights: Matrix64;
  /** Of the training rows. */
  readonly sourceMean: Float64Array;
  /** Of the training rows. */
  readonly targetMean: Float64Array;
  /** Identities of the training rows, sorted: no score of theirs says anything about the map. */
  readonly identities: readonly string[];
  readonly trainCount: number;
  /** Free numbers of the family of maps, offset included. */
  readonly parameterCount: number;
  /** Degrees of freedom per target column after shrinkage; null for maps that are not linear in the target. */
  readonly effectiveDf: number | null;
  /** Largest rank that W can have, given the directions that the clouds fill. */
  readonly rank: number;
  /** Penalty on the sum of squares; null for maps without one. */
  readonly lambda: number | null;
  /** `lambda` divided by the mean diagonal entry of the source's Gram. */
  readonly lambdaRatio: number | null;
  /** Null when nothing was computed. */
  readonly engine: EngineName | null;
  /** What was minimised over what. */
  readonly objective: string;
}

/** What a fit adds to what the moments tell. */
export type FittedPart = Pick<AlignmentMap, "name" | "weights" | "parameterCount" | "rank" | "engine" | "objective"> &
  Partial<Pick<AlignmentMap, "effectiveDf" | "lambda" | "lambdaRatio">>;

/** The frozen map of a fit. */
export function affineMap(moments: Moments, part: FittedPart): AlignmentMap {
  const { source, target, count, identities } = moments;
  return Object.freeze({
    name: part.name,
    sourceDimension: source.mean.length,
    targetDimension: target.mean.length,
    weights: part.weights,
    sourceMean: source.mean,
    targetMean: target.mean,
    identities: Object.freeze([...identities].sort()),
    trainCount: count,
    parameterCount: part.parameterCount,
    effectiveDf: part.effectiveDf ?? null,
    rank: part.rank,
    lambda: part.lambda ?? null,
    lambdaRatio: part.lambdaRatio ?? null,
    engine: part.engine,
    objective: part.objective,
  });
}

/** `centred`: the target's training mean is the origin. `raw`: that mean is added back. */
export type Frame = "centred" | "raw";

export interface ApplyOptions {
  /** @defaultValue "centred" */
  readonly frame?: Frame;
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Map source rows into the target's space: (x − sourceMean) W, plus targetMean in the raw frame.
 *
 * Computed in float64 and rounded once. Rows must have been prepared as the training rows were.
 *
 * @param rows n × p.
 * @returns n × q.
 * @throws ShapeError when the width is not the map's; ValueError when there are no rows, or a value is not finite.
 */
export async function applyMap(map: AlignmentMap, rows: Matrix32, { frame = "centred", engine, signal }: ApplyOptions): Promise<Matrix32> {
  if (rows.columns !== map.sourceDimension) {
    throw new ShapeError(
      `applyMap: got rows of width ${rows.columns}; the map goes from ${map.sourceDimension} to ${map.targetDimension}, so pass rows of its source network`,
    );
  }
  if (rows.rows === 0) throw new ValueError("applyMap: got no rows; pass at least one");
  checkFinite(rows, "applyMap");
  const { targetDimension, targetMean } = map;
  const mapped = matrix32(rows.rows, targetDimension);
  for (let first = 0; first < rows.rows; first += rowsPerBlock) {
    const block = centreRows(rows, map.sourceMean, first, Math.min(first + rowsPerBlock, rows.rows));
    const { data } = await engine.product(block, map.weights, { signal });
    if (frame === "raw") for (let i = 0; i < data.length; i++) data[i] += targetMean[i % targetDimension];
    mapped.data.set(data, first * targetDimension);
  }
  return mapped;
}
