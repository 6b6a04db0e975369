import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, type Matrix64 } from "../core/matrix.js";
import type { Random } from "../core/random.js";
import { permuteLabels } from "./label-permutations.js";

export interface MantelTest {
  /** Pearson's, of all entries off the diagonal. */
  readonly correlation: number;
  /** Two-sided: of |correlation|. */
  readonly p: number;
  readonly permutationCount: number;
  /** Whether every order of the labels was seen, rather than a sample. */
  readonly isExact: boolean;
}

export interface MantelOptions {
  readonly random: Random;
  /** Orders drawn; where there are no more orders than that, each is taken once. @defaultValue 9999 */
  readonly permutationCount?: number;
}

/**
 * Test whether two tables over the same networks agree, by relabelling the networks of one: rows and columns move together, since entries
 * that share a network are not independent. Tables need not be symmetric; diagonals do not count.
 *
 * p is the share of orders with a |correlation| at least as large; of a sample (1 + those) / (1 + drawn).
 *
 * @throws ShapeError when the tables are not square and of one size; ValueError when they have fewer than 3 networks, an entry is not
 * finite, or all entries of one are equal.
 * @see Mantel 1967, Cancer Research 27(2), 209–220
 */
export function mantel(one: Matrix64, other: Matrix64, { random, permutationCount = 9999 }: MantelOptions): MantelTest {
  const size = one.rows;
  if (one.columns !== size || other.rows !== size || other.columns !== size) {
    throw new ShapeError(
      `mantel: got ${one.rows} × ${one.columns} and ${other.rows} × ${other.columns}; both must be square, over the same networks`,
    );
  }
  if (size < 3) throw new ValueError(`mantel: got ${size} networks; it needs at least 3`);
  if (!Number.isInteger(permutationCount) || permutationCount < 1) {
    throw new ValueError(`mantel: got ${permutationCount} permutations; it needs a whole number from 1 on`);
  }
  const [first, second] = [standardised(one, "mantel: the first table"), standardised(other, "mantel: the second table")];
  const correlationOf = (order: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) if (i !== j) sum += first[i * size + j] * second[order[i] * size + order[j]];
    }
    return sum;
  };
  const {
    p,
    permutationCount: seen,
    isExact,
  } = permuteLabels(size, (order) => Math.abs(correlationOf(order)), {
    random,
    permutations: permutationCount,
  });
  const correlation = correlationOf(Int32Array.from({ length: size }, (_, i) => i));
  return { correlation, p, permutationCount: isExact ? seen : permutationCount, isExact };
}

/** Entries less their mean, off the diagonal and of unit energy. */
function standardised(matrix: Matrix64, what: string): Float64Array {
  checkFinite(matrix, what);
  const size = matrix.rows;
  const count = size * (size - 1);
  const isOff = (k: number): boolean => k % (size + 1) !== 0;
  let mean = 0;
  let largest = 0;
  matrix.data.forEach((value, k) => {
    if (!isOff(k)) return;
    mean += value / count;
    largest = Math.max(largest, Math.abs(value));
  });
  const centred = matrix.data.map((value, k) => (isOff(k) ? value - mean : 0));
  const energy = centred.reduce((sum, value) => sum + value * value, 0);
  if (energy <= count * (1e-14 * largest) ** 2) {
    throw new ValueError(`${what} has the same value everywhere off its diagonal; there is nothing to correlate`);
  }
  return centred.map((value) => value / Math.sqrt(energy));
}
