import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, type Matrix64 } from "../core/matrix.js";
import { rowsPerBlock, type MomentsOptions } from "./cloud.js";
import type { AlignmentMap } from "./map.js";
import { centreRows, type PairedRows } from "./rows.js";
import { meanCosine } from "./tune-rows.js";

/** How close mapped rows come to the targets of the same images. */
export interface FitQuality {
  /** Squared error over the energy of the targets about the training mean: 1 − R², which can exceed 1 on rows that were not fitted. */
  readonly residual: number;
  /** Mean cosine between mapped rows and targets, training means taken off; a row without direction counts as 0. */
  readonly cosine: number;
}

/**
 * Measure a map on pairs, such as those of test identities, where it compares them and in its own frame.
 *
 * @throws ShapeError when rows are not paired or not as wide as the map; ValueError when there are none, a value is not finite, or every
 * target is the training mean.
 */
export async function measureFit(
  map: AlignmentMap,
  { source, target }: PairedRows,
  { engine, signal }: MomentsOptions,
): Promise<FitQuality> {
  if (source.rows !== target.rows || source.columns !== map.sourceDimension || target.columns !== map.targetDimension) {
    throw new ShapeError(
      `measureFit: got rows of ${source.rows} × ${source.columns} and ${target.rows} × ${target.columns}; they must be paired and of widths ${map.sourceDimension} and ${map.targetDimension}`,
    );
  }
  if (source.rows === 0) throw new ValueError("measureFit: got no rows; pass at least one pair");
  checkFinite(source, "measureFit: source");
  checkFinite(target, "measureFit: target");
  const sums = { error: 0, energy: 0, cosine: 0 };
  for (let first = 0; first < source.rows; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, source.rows);
    const mapped = await engine.product(centreRows(source, map.sourceMean, first, last), map.weights, { signal });
    const centred = centreRows(target, map.targetMean, first, last);
    const wanted = map.targetWeights === null ? centred : await engine.product(centred, map.targetWeights, { signal });
    addErrors(sums, mapped, wanted);
    sums.cosine += meanCosine(mapped, wanted) * (last - first);
  }
  if (!(sums.energy > 0)) throw new ValueError("measureFit: every target row is the training mean; pass rows that differ from it");
  return { residual: sums.error / sums.energy, cosine: sums.cosine / source.rows };
}

function addErrors(sums: { error: number; energy: number }, mapped: Matrix64, wanted: Matrix64): void {
  for (let k = 0; k < wanted.data.length; k++) {
    sums.error += (wanted.data[k] - mapped.data[k]) ** 2;
    sums.energy += wanted.data[k] ** 2;
  }
}

/** The map, with its residual on the tune pairs that its penalty or rank was chosen by. */
export async function withTuneResidual(map: AlignmentMap, tune: PairedRows, options: MomentsOptions): Promise<AlignmentMap> {
  const { residual } = await measureFit(map, tune, options);
  return Object.freeze({ ...map, tuneResidual: residual });
}
