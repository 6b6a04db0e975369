import { ValueError } from "../core/errors.js";
import { matrix64, takeRows, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { centreRows, type PairedRows } from "./rows.js";
import { checkTrain } from "./train-rows.js";

export interface RelativeOptions {
  /** How many anchors, taken at even steps through the training rows; all of them when there are fewer. @defaultValue 300 */
  readonly anchorCount?: number;
}

/**
 * Describe each vector by its cosines to k anchors, images that both networks embedded: relative representations.
 *
 * Source and target are compared in that space of k dimensions: column i of W is the centred source vector of anchor i at unit length,
 * of V its target vector. A row's own length would divide all of its cosines, and does not change the angle between two descriptions,
 * so it is left out and the map is linear. Nothing is fitted.
 *
 * @param moments sums over the training pairs, source width p, target width q.
 * @param train the training pairs.
 * @throws ShapeError when the rows are not those of the moments; ValueError when an anchor is the mean of its cloud, or there is none.
 * @see Moschella et al. 2023, arXiv:2209.15430
 */
export function describeByAnchors(moments: Moments, train: PairedRows, { anchorCount = 300 }: RelativeOptions = {}): AlignmentMap {
  const { cross, count } = moments;
  const { source, target } = train;
  checkTrain(moments, train, "describeByAnchors");
  if (!(Number.isInteger(anchorCount) && anchorCount >= 1)) {
    throw new ValueError(`describeByAnchors: anchorCount is ${anchorCount}; it must be a whole number from 1 on`);
  }
  const size = Math.min(anchorCount, count);
  const anchors = Int32Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
  return affineMap(moments, {
    name: "relative",
    weights: unitColumns(takeRows(source, anchors), moments.source.mean, anchors),
    targetWeights: unitColumns(takeRows(target, anchors), moments.target.mean, anchors),
    parameterCount: cross.columns,
    rank: Math.min(size, cross.rows, cross.columns),
    engine: null,
    objective: `none; cosines to ${size} anchors`,
  });
}

/** Centred rows at unit length, as columns. */
function unitColumns(rows: Matrix32, mean: Float64Array, anchors: Int32Array): Matrix64 {
  const { rows: count, columns: width, data } = centreRows(rows, mean, 0, rows.rows);
  const columns = matrix64(width, count);
  for (let i = 0; i < count; i++) {
    const anchor = data.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(anchor.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0)) {
      throw new ValueError(`describeByAnchors: training row ${anchors[i]} is the mean of its cloud; it has no direction, so leave it out`);
    }
    anchor.forEach((value, j) => (columns.data[j * count + i] = value / length));
  }
  return columns;
}
