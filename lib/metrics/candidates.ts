import { ValueError } from "../core/errors.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";

/** The best templates of each probe, best first; of equal scores the smaller index first. */
export interface Candidates {
  readonly probeCount: number;
  /** Candidates of each probe. */
  readonly listLength: number;
  /** Entry i · listLength + r is the template at place r of probe i's list. */
  readonly templates: Int32Array;
  readonly scores: Float32Array;
}

export interface CandidateCollector extends ScoreConsumer {
  /** The best templates of each probe. @throws ValueError when not every block was added. */
  candidates(): Candidates;
}

/**
 * Keep the `listLength` best templates of each probe.
 *
 * @throws ValueError when the list is no whole number from 1 to the size of the gallery, or when it is asked for before the last block.
 */
export function collectCandidates(probeCount: number, templateCount: number, listLength: number): CandidateCollector {
  if (!Number.isInteger(listLength) || listLength < 1 || listLength > templateCount) {
    throw new ValueError(
      `collectCandidates: got lists of ${listLength} from a gallery of ${templateCount}; ask for a whole number from 1 to the gallery's size`,
    );
  }
  const templates = new Int32Array(probeCount * listLength);
  const kept = new Float32Array(probeCount * listLength);
  let seen = 0;
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      for (let row = 0; row < scores.rows; row++) {
        const begin = (firstProbe + row) * listLength;
        for (let j = 0; j < scores.columns; j++) {
          const score = scores.data[row * scores.columns + j];
          const used = Math.min(j, listLength);
          if (used === listLength && score <= kept[begin + used - 1]) continue;
          let place = begin + Math.min(used, listLength - 1);
          for (; place > begin && kept[place - 1] < score; place--) {
            kept[place] = kept[place - 1];
            templates[place] = templates[place - 1];
          }
          kept[place] = score;
          templates[place] = j;
        }
      }
      seen = firstProbe + scores.rows;
    },
    candidates(): Candidates {
      if (seen < probeCount) {
        throw new ValueError(`collectCandidates: ${seen} of ${probeCount} probes were scored; add every block before asking for lists`);
      }
      return { probeCount, listLength, templates: templates.slice(), scores: kept.slice() };
    },
  };
}
