import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { findNeighbours, type NeighbourOptions } from "./neighbours.js";

export interface HubnessOptions extends NeighbourOptions {
  /** @defaultValue 10 */
  readonly neighbours?: number;
}

/** Whether some rows of a cloud are near everyone. */
export interface Hubness {
  /** Skewness of N_k: about 0 where no row is a hub, and large where a few are in most lists. */
  readonly skewness: number;
  /** N_k of each row: in how many lists of k nearest neighbours it is. */
  readonly occurrences: Int32Array;
}

/**
 * Count how often each of n rows is among the k nearest of another one, and measure how skewed these counts are.
 *
 * Skewness is m₃/m₂^(3/2) of the population.
 *
 * @param rows n × d.
 * @throws ValueError as `findNeighbours`, or when every row is in as many lists, as with k = n − 1.
 * @see Radovanović, Nanopoulos, Ivanović 2010, JMLR 11:2487–2531
 */
export async function measureHubness(rows: Matrix32, { neighbours = 10, ...options }: HubnessOptions): Promise<Hubness> {
  const { indices } = await findNeighbours(rows, neighbours, options);
  const occurrences = new Int32Array(rows.rows);
  for (const index of indices) occurrences[index]++;
  let second = 0;
  let third = 0;
  for (const occurrence of occurrences) {
    const gap = occurrence - neighbours; // the mean of N_k is k
    second += gap ** 2 / rows.rows;
    third += gap ** 3 / rows.rows;
  }
  if (second === 0) {
    throw new ValueError(
      `measureHubness: each of ${rows.rows} rows is in ${neighbours} lists of ${neighbours} neighbours; counts that are all equal have no skewness, so ask for fewer neighbours`,
    );
  }
  return { skewness: third / second ** 1.5, occurrences };
}
