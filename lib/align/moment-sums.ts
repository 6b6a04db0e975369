import { ShapeError, ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { freezeCloud, type CloudMoments } from "./cloud.js";
import type { Moments } from "./moments.js";

/**
 * Moments of the rows of `first` and `second` together.
 *
 * @throws ShapeError when the widths disagree.
 * @see Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115
 */
export function addMoments(first: Moments, second: Moments): Moments {
  checkWidths(first, second, "addMoments");
  return combine(first, second, 1, new Set([...first.identities, ...second.identities]));
}

/**
 * Moments of the rows of `whole` that are not in `part`.
 *
 * `part` must hold all rows that `whole` has of its identities: they are taken off the list of identities seen, and sums cannot tell.
 * Digits are lost as `part` nears `whole`.
 *
 * @throws ShapeError when the widths disagree; ValueError when `part` has an identity that `whole` has not, or too few rows are left.
 */
export function subtractMoments(whole: Moments, part: Moments): Moments {
  checkWidths(whole, part, "subtractMoments");
  for (const identity of part.identities) {
    if (!whole.identities.has(identity)) {
      throw new ValueError(`subtractMoments: "${identity}" is in the part but not in the whole; subtract only what was added`);
    }
  }
  if (whole.count - part.count < 2) {
    throw new ValueError(`subtractMoments: ${whole.count} − ${part.count} rows are left; moments need at least two`);
  }
  return combine(whole, part, -1, new Set([...whole.identities].filter((identity) => !part.identities.has(identity))));
}

function combine(first: Moments, second: Moments, sign: 1 | -1, identities: ReadonlySet<string>): Moments {
  const count = first.count + sign * second.count;
  const weight = (sign * first.count * second.count) / count;
  const sourceGap = difference(second.source.mean, first.source.mean);
  const targetGap = difference(second.target.mean, first.target.mean);
  return Object.freeze({
    count,
    source: combineClouds(first.source, second.source, { sign, count, gap: sourceGap, identities }),
    target: combineClouds(first.target, second.target, { sign, count, gap: targetGap, identities }),
    cross: combineSums(first.cross, second.cross, sign, weight, sourceGap, targetGap),
    identities,
  });
}

interface Combination {
  readonly sign: 1 | -1;
  readonly count: number;
  /** Mean of the second minus mean of the first. */
  readonly gap: Float64Array;
  readonly identities: ReadonlySet<string>;
}

function combineClouds(first: CloudMoments, second: CloudMoments, { sign, count, gap, identities }: Combination): CloudMoments {
  const mean = first.mean.map((value, j) => value + ((sign * second.count) / count) * gap[j]);
  const weight = (sign * first.count * second.count) / count;
  return freezeCloud({ count, mean, gram: combineSums(first.gram, second.gram, sign, weight, gap, gap), rows: null, identities });
}

/** first + sign · second + weight · gap gapᵀ. */
function combineSums(
  first: Matrix64,
  second: Matrix64,
  sign: 1 | -1,
  weight: number,
  rowGap: Float64Array,
  columnGap: Float64Array,
): Matrix64 {
  const { rows, columns } = first;
  const sum = matrix64(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const k = i * columns + j;
      sum.data[k] = first.data[k] + sign * second.data[k] + weight * (rowGap[i] * columnGap[j]);
    }
  }
  return sum;
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, j) => value - right[j]);
}

function checkWidths(first: Moments, second: Moments, caller: string): void {
  const [a, b] = [first.cross, second.cross];
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new ShapeError(
      `${caller}: got moments of widths ${a.rows} → ${a.columns} and ${b.rows} → ${b.columns}; they must be of the same networks`,
    );
  }
}
