import { ValueError } from "../core/errors.js";
import { scaleColumns } from "../linalg/scale-columns.js";
import { firstColumns } from "../linalg/singular-directions.js";
import type { MomentsOptions } from "./cloud.js";
import type { AlignmentMap } from "./map.js";

/**
 * A map at lower ranks: for each wanted rank r the closest W of that rank (Frobenius), its first r singular directions. One SVD serves all.
 *
 * It is what a fitted map loses when it is cut, not the best map of that rank: directions are ordered by how much W stretches them, whether
 * or not the source has energy there. `fitLowRank` fits the best one.
 *
 * @param ranks in any order; a rank above the map's own gives the map itself, up to rounding.
 * @throws ValueError when a rank is not a whole number from 1 to the smaller side of W.
 * @see Eckart, Young 1936, doi:10.1007/BF02288367
 */
export async function truncateRank(
  map: AlignmentMap,
  ranks: readonly number[],
  { engine, signal }: MomentsOptions,
): Promise<AlignmentMap[]> {
  const { rows: p, columns: m } = map.weights;
  const most = Math.min(p, m);
  const bad = ranks.find((rank) => !(Number.isInteger(rank) && rank >= 1 && rank <= most));
  if (bad !== undefined) throw new ValueError(`truncateRank: got rank ${bad} of a ${p} × ${m} map; give whole numbers from 1 to ${most}`);
  const { left, values, right } = await engine.svd(map.weights, { signal });
  const stretched = scaleColumns(left, values);
  const maps: AlignmentMap[] = [];
  for (const rank of ranks) {
    maps.push(
      Object.freeze({
        ...map,
        name: `${map.name}-rank-${rank}`,
        weights: await engine.product(firstColumns(stretched, rank), firstColumns(right, rank), { transposeRight: true, signal }),
        parameterCount: rank * (p + m - rank) + map.targetDimension,
        effectiveDf: null,
        rank: Math.min(rank, map.rank),
        trainResidual: null,
        tuneResidual: null,
        engine: engine.name,
        objective: `first ${rank} singular directions of: ${map.objective}`,
      }),
    );
  }
  return maps;
}
