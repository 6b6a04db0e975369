import type { MomentsOptions } from "../align/cloud.js";
import { fitLeastSquares } from "../align/least-squares.js";
import { liveCross, type LiveCross } from "../align/live-cross.js";
import { measureFit } from "../align/measure-fit.js";
import type { Moments } from "../align/moments.js";
import type { PairedRows } from "../align/rows.js";

/**
 * R² of the target given the source, of the rows that least squares is fitted on: the share of the target's variance that an affine map
 * of the source reaches. Not symmetric; about p/(n − 1) for unrelated clouds of n rows and a source that fills p directions.
 *
 * @param moments sums over n pairs.
 * @throws ValueError when all rows of a cloud are equal.
 */
export async function linearPredictivity(moments: Moments, options: MomentsOptions): Promise<number> {
  return predictedShare(await liveCross(moments, options));
}

/** ‖G^(−½) SᵀT‖² / ‖T‖². */
export function predictedShare({ source, target, cross }: LiveCross): number {
  let predicted = 0;
  for (let k = 0; k < cross.data.length; k++) predicted += cross.data[k] ** 2 / source.values[Math.floor(k / cross.columns)];
  return Math.min(1, predicted / target.values.reduce((sum, value) => sum + value, 0));
}

/**
 * R² of targets given sources on pairs that were not fitted, such as those of test identities: 1 − ‖T − Ŝ‖²/‖T‖², T about the training
 * mean and Ŝ by least squares. Below 0 where the fit does worse than the mean.
 *
 * @param train sums over the training pairs.
 * @param test m pairs of the same networks.
 * @throws as `measureFit` and `fitLeastSquares` do.
 */
export async function heldOutPredictivity(train: Moments, test: PairedRows, options: MomentsOptions): Promise<number> {
  const { residual } = await measureFit(await fitLeastSquares(train, options), test, options);
  return 1 - residual;
}
