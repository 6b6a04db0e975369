import { matrix64, type Matrix64 } from "../core/matrix.js";
import { freezeCloud, type CloudMoments } from "./cloud.js";
import type { Moments } from "./moments.js";

const known = new WeakMap<CloudMoments, CloudMoments>();

/** The sums of the same rows about the origin rather than about their means, which become zero. */
export function aboutOrigin(moments: Moments): Moments {
  const { count, source, target, cross } = moments;
  return Object.freeze({
    ...moments,
    source: cloudAboutOrigin(source),
    target: cloudAboutOrigin(target),
    cross: plusOuter(cross, count, source.mean, target.mean),
  });
}

/** One cloud serves every pair, so what is derived from its sums about the origin is kept with one object. */
function cloudAboutOrigin(cloud: CloudMoments): CloudMoments {
  const found = known.get(cloud);
  if (found !== undefined) return found;
  const { count, mean, gram, rows, identities } = cloud;
  const moved = freezeCloud({
    count,
    mean: new Float64Array(mean.length),
    gram: plusOuter(gram, count, mean, mean),
    rows: rows === null ? null : plusMean(rows, mean),
    identities,
  });
  known.set(cloud, moved);
  return moved;
}

/** matrix + count · left rightᵀ: XᵀY of n centred rows becomes XᵀY about points that lie `left` and `right` below their means. */
export function plusOuter({ rows, columns, data }: Matrix64, count: number, left: Float64Array, right: Float64Array): Matrix64 {
  const sums = matrix64(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) sums.data[i * columns + j] = data[i * columns + j] + count * (left[i] * right[j]);
  }
  return sums;
}

function plusMean({ rows, columns, data }: Matrix64, mean: Float64Array): Matrix64 {
  return matrix64(
    rows,
    columns,
    data.map((value, k) => value + mean[k % columns]),
  );
}
