import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { Engine, EngineName } from "../linalg/engine.js";
import { rowsPerBlock } from "./cloud.js";
import type { Moments } from "./moments.js";
import { blockCentring, lessMean } from "./rows.js";

/**
 * x ↦ (x − sourceMean) W + targetMean, and what is to be known about it.
 *
 * Scores are taken in the target's own space, unless `targetWeights` says that targets are mapped as well: then in a space of m
 * dimensions, to which x ↦ (x − sourceMean) W + targetMean V and y ↦ y V lead.
 */
export interface AlignmentMap {
  readonly name: string;
  /** p. */
  readonly sourceDimension: number;
  /** q. */
  readonly targetDimension: number;
  /** W, p × m; m = q where targets are compared as they are. */
  readonly weights: Matrix64;
  /** V, q × m; null where targets are compared as they are. */
  readonly targetWeights: Matrix64 | null;
  /** Of the training rows; zero for maps that take none off. */
  readonly sourceMean: Float64Array;
  /** Of the training rows; zero for maps that take none off. */
  readonly targetMean: Float64Array;
  /** `raw` where no mean is taken off, in the fit and in the map: both frames then give the same scores. */
  readonly frame: Frame;
  /** Identities of the training rows, sorted: no score of theirs says anything about the map. */
  readonly identities: readonly string[];
  readonly trainCount: number;
  /** Free numbers of the family of maps, offset included. */
  readonly parameterCount: number;
  /** Degrees of freedom per target column after shrinkage; null for maps that are not linear in the target. */
  readonly effectiveDf: number | null;
  /** Largest rank that W can have, given the directions that the clouds fill. */
  readonly rank: number;
  /**
   * Largest over smallest singular value of the source rows, on the directions that are kept and with λ added to its square; null when
   * nothing was fitted.
   */
  readonly condition: number | null;
  /** Squared error on the training pairs over the energy of their targets, in the map's frame; null when nothing was fitted. */
  readonly trainResidual: number | null;
  /** The same of the tune pairs, about the training means; null when there were none. */
  readonly tuneResidual: number | null;
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
  Partial<Pick<AlignmentMap, "targetWeights" | "frame" | "effectiveDf" | "condition" | "trainResidual" | "lambda" | "lambdaRatio">>;

/** The frozen map of weights that are at hand. */
export function affineMap(moments: Moments, part: FittedPart): AlignmentMap {
  const { source, target, count, identities } = moments;
  return Object.freeze({
    name: part.name,
    sourceDimension: source.mean.length,
    targetDimension: target.mean.length,
    weights: part.weights,
    targetWeights: part.targetWeights ?? null,
    sourceMean: source.mean,
    targetMean: target.mean,
    frame: part.frame ?? "centred",
    identities: Object.freeze([...identities].sort()),
    trainCount: count,
    parameterCount: part.parameterCount,
    effectiveDf: part.effectiveDf ?? null,
    rank: part.rank,
    condition: part.condition ?? null,
    trainResidual: part.trainResidual ?? null,
    tuneResidual: null,
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
 * Map source rows to where they are compared: (x − sourceMean) W, plus targetMean (times V, if any) in the raw frame.
 *
 * Computed in float64 and rounded once. Rows must have been prepared as the training rows were.
 *
 * @param rows n × p.
 * @returns n × m, of the target's space when `targetWeights` is null.
 * @throws ShapeError when the width is not the map's; ValueError when there are no rows, or a value is not finite.
 */
export async function applyMap(map: AlignmentMap, rows: Matrix32, { frame = "centred", ...options }: ApplyOptions): Promise<Matrix32> {
  if (rows.columns !== map.sourceDimension) {
    throw new ShapeError(
      `applyMap: got rows of width ${rows.columns}; the map goes from ${map.sourceDimension} to ${map.targetDimension}, so pass rows of its source network`,
    );
  }
  checkRows(rows, "applyMap");
  return mapRows(rows, { mean: map.sourceMean, weights: map.weights, origin: originOf(map, frame) }, options);
}

/**
 * Bring target rows to where mapped source rows are compared with them: y − targetMean, or y in the raw frame; times V, if any.
 *
 * @param rows n × q.
 * @returns n × m, as applyMap does.
 * @throws ShapeError when the width is not the map's; ValueError when there are no rows, or a value is not finite.
 */
export async function placeTargets(map: AlignmentMap, rows: Matrix32, { frame = "centred", ...options }: ApplyOptions): Promise<Matrix32> {
  if (rows.columns !== map.targetDimension) {
    throw new ShapeError(
      `placeTargets: got rows of width ${rows.columns}; the map goes from ${map.sourceDimension} to ${map.targetDimension}, so pass rows of its target network`,
    );
  }
  checkRows(rows, "placeTargets");
  if (map.targetWeights === null) return frame === "centred" ? lessMean(rows, map.targetMean) : rows;
  return mapRows(rows, { mean: map.targetMean, weights: map.targetWeights, origin: originOf(map, frame) }, options);
}

/** (rows − mean) · weights + origin, in blocks. */
async function mapRows(
  rows: Matrix32,
  { mean, weights, origin }: { readonly mean: Float64Array; readonly weights: Matrix64; readonly origin: Float64Array | null },
  { engine, signal }: Omit<ApplyOptions, "frame">,
): Promise<Matrix32> {
  const { columns } = weights;
  const mapped = matrix32(rows.rows, columns);
  const centre = blockCentring(rows, mean);
  const scratch = new Float64Array(Math.min(rowsPerBlock, rows.rows) * columns);
  for (let first = 0; first < rows.rows; first += rowsPerBlock) {
    const block = centre(first, Math.min(first + rowsPerBlock, rows.rows));
    const { data } = await engine.product(block, weights, { into: scratch, signal });
    if (origin !== null) for (let i = 0; i < data.length; i++) data[i] += origin[i % columns];
    mapped.data.set(data, first * columns);
  }
  return mapped;
}

/** The target's training mean where rows are compared; null in the centred frame, which has it as origin. */
function originOf({ targetMean, targetWeights }: AlignmentMap, frame: Frame): Float64Array | null {
  if (frame === "centred") return null;
  if (targetWeights === null) return targetMean;
  const { columns, data } = targetWeights;
  const origin = new Float64Array(columns);
  targetMean.forEach((value, i) => {
    for (let j = 0; j < columns; j++) origin[j] += value * data[i * columns + j];
  });
  return origin;
}

function checkRows(rows: Matrix32, caller: string): void {
  if (rows.rows === 0) throw new ValueError(`${caller}: got no rows; pass at least one`);
  checkFinite(rows, caller);
}
