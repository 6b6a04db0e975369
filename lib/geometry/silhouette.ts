import { rowsPerBlock, type MomentsOptions } from "../align/cloud.js";
import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { startPace } from "../linalg/pace.js";
import { checkPeople, identityMeans } from "./identity-means.js";

/** How much nearer rows are to their own identity than to the next one. */
export interface Silhouette {
  /** Mean of `values`, from −1 to 1. */
  readonly mean: number;
  /** Of each row, (b − a)/max(a, b); 0 of the only row of an identity. */
  readonly values: Float64Array;
}

/**
 * The silhouette of identities, with distance 1 − cosine.
 *
 * For a row, a is the mean distance to the others of its identity, and b the least, over other identities, of the mean distance to their
 * rows. Of unit rows, the mean cosine to an identity is the product with the mean of its rows, so that the work is n × N × d for N
 * identities, and no distance of two rows is computed.
 *
 * @param rows n × d.
 * @param identities the name of each row's identity.
 * @throws ShapeError when there is not one identity a row; ValueError when there is but one identity, none has two rows, a value is not
 * finite, or a row has zero length.
 * @see Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7
 */
export async function silhouetteByIdentity(
  rows: Matrix32,
  identities: readonly string[],
  { engine, signal }: MomentsOptions,
): Promise<Silhouette> {
  const people = identityMeans(rows, identities, "silhouetteByIdentity");
  checkPeople(people, "silhouetteByIdentity");
  const { codes, counts } = people;
  const { rows: count, columns } = rows;
  const sums = matrix64(counts.length, columns);
  for (let first = 0; first < count; first += rowsPerBlock) {
    const unit = unitRows(rows, first, Math.min(first + rowsPerBlock, count));
    for (let i = first, k = 0; i < first + unit.rows; i++) {
      for (let j = 0; j < columns; j++, k++) sums.data[codes[i] * columns + j] += unit.data[k];
    }
  }
  const values = new Float64Array(count);
  const pace = startPace(signal);
  for (let first = 0; first < count; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, count);
    const { data: cosines } = await engine.product(unitRows(rows, first, last), sums, { transposeRight: true, signal });
    for (let i = first; i < last; i++) {
      values[i] = silhouetteOf(cosines.subarray((i - first) * counts.length, (i - first + 1) * counts.length), codes[i], counts);
    }
    if (pace.spend(cosines.length)) await pace.turn();
  }
  return { mean: values.reduce((sum, value) => sum + value, 0) / count, values };
}

/** Rows `first` … `last` − 1 at unit length, in float64. */
function unitRows({ columns, data }: Matrix32, first: number, last: number): Matrix64 {
  const unit = matrix64(last - first, columns);
  for (let i = first; i < last; i++) {
    let energy = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) energy += data[k] * data[k];
    if (!(energy > 0)) throw new ValueError(`silhouetteByIdentity: row ${i} has zero length; it has no cosine, so leave it out`);
    const norm = Math.sqrt(energy);
    for (let j = 0; j < columns; j++) unit.data[(i - first) * columns + j] = data[i * columns + j] / norm;
  }
  return unit;
}

/** @param cosines the sum of the cosines to the rows of each identity. */
function silhouetteOf(cosines: Float64Array, own: number, counts: Int32Array): number {
  if (counts[own] === 1) return 0;
  let next = Infinity;
  for (let p = 0; p < counts.length; p++) {
    if (p !== own) next = Math.min(next, 1 - cosines[p] / counts[p]);
  }
  const within = 1 - (cosines[own] - 1) / (counts[own] - 1); // its cosine to itself is 1
  const larger = Math.max(within, next);
  return larger > 0 ? (next - within) / larger : 0;
}
