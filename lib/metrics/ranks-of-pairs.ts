import { matrix32 } from "../core/matrix.js";
import { countRanks, type RankOptions, type Ranks } from "./identification.js";
import type { PairScores } from "./pair-scores.js";

/**
 * The ranks of a search whose scores were kept, such as fused ones.
 *
 * @throws ValueError as countRanks does.
 */
export function ranksOfPairs({ labels, mated, nonMated }: PairScores, options: RankOptions = {}): Ranks {
  const counter = countRanks(labels, options);
  const { probes, gallery } = labels;
  const row = matrix32(1, gallery.length);
  let [nextMated, nextNonMated] = [0, 0];
  for (let probe = 0; probe < probes.length; probe++) {
    for (let j = 0; j < gallery.length; j++) row.data[j] = gallery[j] === probes[probe] ? mated[nextMated++] : nonMated[nextNonMated++];
    counter.add({ firstProbe: probe, scores: row });
  }
  return counter.ranks();
}
