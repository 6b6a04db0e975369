import { ValueError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";

/** Keeps every score. */
export interface ScoreKeeper extends ScoreConsumer {
  /** The scores, n probes × m templates. @throws ValueError when not every block was added. */
  scores(): Matrix32;
}

/**
 * Keep the whole matrix of scores, n × m: for tables small enough to look at.
 *
 * @throws ValueError when the scores are asked for before the last block.
 */
export function keepScores(probeCount: number, templateCount: number): ScoreKeeper {
  const kept = matrix32(probeCount, templateCount);
  let seen = 0;
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      kept.data.set(scores.data, firstProbe * templateCount);
      seen = firstProbe + scores.rows;
    },
    scores(): Matrix32 {
      if (seen < probeCount) {
        throw new ValueError(`keepScores: ${seen} of ${probeCount} probes were scored; add every block before asking for the scores`);
      }
      return matrix32(probeCount, templateCount, kept.data.slice());
    },
  };
}
