import type { MomentsOptions } from "../align/cloud.js";
import type { PairedRows } from "../align/rows.js";
import { ShapeError, ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { countBySubject, labelAllPairs } from "../metrics/labels.js";
import { findNeighbours, type Neighbours } from "./neighbours.js";
import { identityBlocks } from "./permutations.js";
import { identityNeighbours } from "./identity-neighbours.js";

/**
 * Whose rows are neighbours: anybody's; those of other people, since the neighbours of a face mostly are of the same person, in any network;
 * or those of the same person.
 */
export type NeighbourScope = "all" | "across" | "within";

export interface MutualNeighbourOptions extends MomentsOptions {
  readonly scope: NeighbourScope;
  /** k. @defaultValue 10; 1 within identities, of which few have many rows */
  readonly neighbours?: number | undefined;
}

/** How many of the nearest neighbours of a row are the same in two clouds. */
export interface MutualNeighbours {
  /** Mean over rows of |N_k of the source ∩ N_k of the target| / k. */
  readonly value: number;
  /** The same of unrelated clouds: the mean over rows of k over the rows that can be neighbours. */
  readonly chance: number;
  /** Rows that count: within identities those of people with k + 2 rows or more, of whom different neighbours can be named. */
  readonly rowCount: number;
}

/** Mutual neighbours of the source's row i and the target's row order[i]. */
export interface MutualNeighbourSearch {
  readonly chance: number;
  readonly rowCount: number;
  valueOf(order: Int32Array): number;
}

/**
 * The share of the k nearest neighbours, by cosine, that paired clouds have in common.
 *
 * A row is no neighbour of its own, by its index, and of rows as near the one of the smallest index is taken; rows are taken as they are,
 * so centre them or not, and say so. No n × n matrix is held.
 *
 * @param rows n pairs.
 * @param identities the name of each pair's identity.
 * @throws ShapeError when counts disagree; ValueError when there are not k rows that can be neighbours (`across`: of other people, for
 * every row; `within`: k + 1 others of the same person, for some), or a row is zero or not finite.
 * @see Huh et al. 2024, arXiv 2405.07987
 */
export async function mutualNeighbours(
  rows: PairedRows,
  identities: readonly string[],
  options: MutualNeighbourOptions,
): Promise<MutualNeighbours> {
  const search = await prepareMutualNeighbours(rows, identities, options);
  const value = search.valueOf(Int32Array.from({ length: identities.length }, (_, row) => row));
  return { value, chance: search.chance, rowCount: search.rowCount };
}

/** Find what is needed to compute the measure for any pairing; a pairing then costs little. @throws as `mutualNeighbours`. */
export async function prepareMutualNeighbours(
  rows: PairedRows,
  identities: readonly string[],
  { scope, neighbours = scope === "within" ? 1 : 10, ...options }: MutualNeighbourOptions,
): Promise<MutualNeighbourSearch> {
  const count = identities.length;
  if (rows.source.rows !== count || rows.target.rows !== count) {
    throw new ShapeError(
      `mutualNeighbours: got ${rows.source.rows} source rows, ${rows.target.rows} target rows and ${count} identities; row i of each must be of the same image`,
    );
  }
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new ValueError(`mutualNeighbours: got ${neighbours} neighbours; ask for a whole number from 1 on`);
  }
  if (scope === "within") return identityNeighbours(rows, identities, neighbours);
  return listNeighbours(rows, identities, neighbours, scope, options);
}

async function listNeighbours(
  rows: PairedRows,
  identities: readonly string[],
  neighbours: number,
  scope: "all" | "across",
  options: MomentsOptions,
): Promise<MutualNeighbourSearch> {
  const count = identities.length;
  const largest = scope === "all" ? 1 : Math.max(...identityBlocks(identities).map((own) => own.length));
  if (neighbours > count - largest) {
    const whose = scope === "all" ? "other rows" : "rows of other people";
    throw new ValueError(
      `mutualNeighbours: a row has ${count - largest} ${whose} and ${neighbours} neighbours; give more rows, or ask for fewer`,
    );
  }
  // Across identities each row leaves out the others of whoever it is paired as: at most `largest` − 1 of its nearest.
  const codes = scope === "all" ? Int32Array.from(Array(count).keys()) : labelAllPairs(identities).probes;
  const listed = neighbours + largest - 1;
  const lists = (side: Matrix32): Promise<Neighbours> => findNeighbours(side, listed, { ...options, nearness: "cosine" });
  const source = await lists(rows.source);
  const target = await lists(rows.target);
  const candidates = new Float64Array(count).fill(count);
  const sizes = countBySubject(codes, count);
  codes.forEach((code, i) => (candidates[i] -= sizes[code]));
  return {
    chance: candidates.reduce((sum, size) => sum + neighbours / size, 0) / count,
    rowCount: count,
    valueOf: (order) => sharedNeighbours(source, target, codes, order, neighbours) / (count * neighbours),
  };
}

/** How many neighbours all rows have in common, of the first `neighbours` of each list that are not of the row's own code. */
function sharedNeighbours(source: Neighbours, target: Neighbours, codes: Int32Array, order: Int32Array, neighbours: number): number {
  const place = new Int32Array(order.length);
  order.forEach((row, i) => (place[row] = i));
  const namedBy = new Int32Array(order.length).fill(-1);
  let shared = 0;
  for (let i = 0; i < order.length; i++) {
    for (let c = i * source.count, left = neighbours; left > 0; c++) {
      const j = source.indices[c];
      if (codes[j] === codes[i]) continue;
      namedBy[j] = i;
      left--;
    }
    for (let c = order[i] * target.count, left = neighbours; left > 0; c++) {
      const j = place[target.indices[c]];
      if (codes[j] === codes[i]) continue;
      if (namedBy[j] === i) shared++;
      left--;
    }
  }
  return shared;
}
