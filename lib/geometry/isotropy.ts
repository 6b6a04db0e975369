import { ValueError } from "../core/errors.js";
import { checkFinite, type Matrix32 } from "../core/matrix.js";

/** How evenly the rows of a cloud point in all directions from the origin. */
export interface Isotropy {
  /** ‖mean of x/‖x‖‖: 0 when directions balance, 1 when all are the same. */
  readonly meanDirectionNorm: number;
  /** Mean cosine of all pairs of different rows, which pairs drawn at random estimate. */
  readonly meanCosine: number;
}

/**
 * Measure whether a cloud of n rows points one way. Both values depend on the origin, so centre the rows first or not, and say so.
 *
 * With m the mean of the unit rows, the mean cosine over the n(n − 1) pairs is (n ‖m‖² − 1)/(n − 1); no pair is drawn.
 *
 * @param rows n × d.
 * @throws ValueError when there are fewer than two rows, a value is not finite, or a row has zero length.
 * @see Ethayarajh 2019, doi:10.18653/v1/D19-1006, for the mean cosine
 */
export function measureIsotropy(rows: Matrix32): Isotropy {
  const { rows: count, columns, data } = rows;
  if (count < 2) throw new ValueError(`measureIsotropy: got ${count} rows; directions need at least two to be compared`);
  checkFinite(rows, "measureIsotropy");
  const mean = new Float64Array(columns);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (!(norm > 0)) throw new ValueError(`measureIsotropy: row ${i} has zero length; it has no direction, so leave it out`);
    for (let j = 0; j < columns; j++) mean[j] += row[j] / (norm * count);
  }
  const square = mean.reduce((sum, value) => sum + value * value, 0);
  return { meanDirectionNorm: Math.sqrt(square), meanCosine: (count * square - 1) / (count - 1) };
}
