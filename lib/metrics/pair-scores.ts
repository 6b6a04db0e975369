import { ValueError } from "../core/errors.js";
import { countBySubject, indicesBySubject, type ScoreLabels } from "./labels.js";
import type { PlaceSums } from "./place-sums.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";

/** Mated scores of one evaluation; probe by probe, templates in order within. */
export interface MatedScores {
  readonly labels: ScoreLabels;
  readonly mated: Float32Array;
  /** Subject of each mated score. */
  readonly matedSubjects: Int32Array;
}

/** Scores of one evaluation, apart by whether both sides are the same person; probe by probe, templates in order within. */
export interface PairScores extends MatedScores {
  readonly nonMated: Float32Array;
}

/** Scores of one evaluation, of which the non-mated ones were only counted. */
export interface CountedPairs extends MatedScores {
  readonly placeSums: PlaceSums;
  /**
   * False matches at a threshold, in the place of places. Scores are computed once more from the rows that were given, unless one tile held them
   * all: do not write to those rows before.
   */
  readonly falseMatchesAt: (threshold: number) => Promise<PlaceSums>;
}

/** Sorts blocks of scores into mated and non-mated. */
export interface PairCollector extends ScoreConsumer {
  /** The mated and the non-mated scores. @throws ValueError when not every block was added. */
  pairs(): PairScores;
}

/** 512 MiB of scores. */
const mostScores = 2 ** 27;

/**
 * Keep the scores of every comparison that `labels` asks for.
 *
 * @throws ValueError when there are more than 2^27 non-mated comparisons, or when pairs are asked for before the last block.
 */
export function collectPairs(labels: ScoreLabels): PairCollector {
  const { matedCount, nonMatedCount } = countPairs(labels);
  if (nonMatedCount > mostScores) {
    throw new ValueError(
      `collectPairs: ${nonMatedCount} non-mated comparisons are more than ${mostScores}; count them with scoreRecognition, or verify on a seeded sample of the probes`,
    );
  }
  const mated = new Float32Array(matedCount);
  const matedSubjects = new Int32Array(matedCount);
  const nonMated = new Float32Array(nonMatedCount);
  const templatesOf = indicesBySubject(labels.gallery, labels.subjectCount);
  let matedSeen = 0;
  let nonMatedSeen = 0;
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      for (let row = 0; row < scores.rows; row++) {
        const probe = firstProbe + row;
        const subject = labels.probes[probe];
        const own = scores.data.subarray(row * scores.columns, (row + 1) * scores.columns);
        let from = firstTemplate(labels, probe);
        const keepUpTo = (end: number): void => {
          nonMated.set(own.subarray(from, end), nonMatedSeen);
          nonMatedSeen += end - from;
        };
        for (const j of templatesOf[subject]) {
          if (j < from) continue;
          keepUpTo(j);
          matedSubjects[matedSeen] = subject;
          mated[matedSeen++] = own[j];
          from = j + 1;
        }
        keepUpTo(own.length);
      }
    },
    pairs(): PairScores {
      const seen = matedSeen + nonMatedSeen;
      if (seen < matedCount + nonMatedCount) {
        throw new ValueError(
          `collectPairs: ${seen} of ${matedCount + nonMatedCount} comparisons were scored; add every block before asking for pairs`,
        );
      }
      return { labels, mated, matedSubjects, nonMated };
    },
  };
}

/** The first template that a probe is compared with. */
export function firstTemplate({ pairs }: ScoreLabels, probe: number): number {
  return pairs === "upper" ? probe + 1 : 0;
}

/** How many comparisons of either kind `labels` asks for. */
export function countPairs(labels: ScoreLabels): { matedCount: number; nonMatedCount: number } {
  const { probes, gallery, subjectCount, pairs } = labels;
  const templates = countBySubject(gallery, subjectCount);
  if (pairs === "upper") {
    const all = (gallery.length * (gallery.length - 1)) / 2;
    const matedCount = templates.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
    return { matedCount, nonMatedCount: all - matedCount };
  }
  const matedCount = probes.reduce((sum, subject) => sum + templates[subject], 0);
  return { matedCount, nonMatedCount: probes.length * gallery.length - matedCount };
}
