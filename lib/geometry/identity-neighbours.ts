import type { PairedRows } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import { checkFinite } from "../core/matrix.js";
import { createBestLists, offerInto } from "./best-lists.js";
import type { MutualNeighbourSearch } from "./mutual-neighbours.js";
import { neighbourSpace, type NeighbourSpace } from "./neighbour-space.js";
import { identityBlocks } from "./permutations.js";

/**
 * Mutual neighbours among the rows of each person.
 *
 * Whatever rows a pairing gives a person, they are compared anew: a person has few.
 *
 * @throws ValueError when nobody has `neighbours` + 2 rows, or a row is zero or not finite.
 */
export function identityNeighbours(
  { source, target }: PairedRows,
  identities: readonly string[],
  neighbours: number,
): MutualNeighbourSearch {
  checkFinite(source, "mutualNeighbours: source");
  checkFinite(target, "mutualNeighbours: target");
  const people = identityBlocks(identities).filter((rows) => rows.length >= neighbours + 2);
  if (people.length === 0) {
    throw new ValueError(
      `mutualNeighbours: nobody has ${neighbours + 2} rows or more, of whom ${neighbours} neighbours within the person could differ; ask for fewer, or leave the measure out`,
    );
  }
  const sourceSpace = neighbourSpace(source, "cosine", "mutualNeighbours: source");
  const targetSpace = neighbourSpace(target, "cosine", "mutualNeighbours: target");
  const sourceLists = people.map((rows) => nearestAmong(sourceSpace, rows, neighbours));
  const rowCount = people.reduce((sum, rows) => sum + rows.length, 0);
  const chance = people.reduce((sum, rows) => sum + (rows.length * neighbours) / (rows.length - 1), 0) / rowCount;
  return {
    chance,
    rowCount,
    valueOf(order): number {
      let shared = 0;
      people.forEach((rows, person) => {
        const lists = nearestAmong(
          targetSpace,
          rows.map((row) => order[row]),
          neighbours,
        );
        const own = sourceLists[person];
        for (let i = 0; i < rows.length; i++) {
          const list = lists.subarray(i * neighbours, (i + 1) * neighbours);
          for (let c = i * neighbours; c < (i + 1) * neighbours; c++) shared += list.includes(own[c]) ? 1 : 0;
        }
      });
      return shared / (rowCount * neighbours);
    },
  };
}

/** The places, among `rows`, of the nearest others of each of them. */
function nearestAmong({ exact }: NeighbourSpace, rows: Int32Array, neighbours: number): Int32Array {
  const best = createBestLists(rows.length, neighbours);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) {
      const score = exact(rows[i], rows[j]);
      offerInto(best, i, j, score);
      offerInto(best, j, i, score);
    }
  }
  return best.indices;
}
