import { ShapeError, ValueError } from "../core/errors.js";
import type { ScoreRow } from "../data/score-file.js";
import type { FoldScores } from "./folds.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";

/** What rows and columns of an evaluation are called. */
export interface ScoreNames {
  readonly probes: readonly string[];
  readonly probeIdentities: readonly string[];
  readonly gallery: readonly string[];
  readonly galleryIdentities: readonly string[];
}

/**
 * Every comparison of an evaluation with its names, probe by probe: what a score file holds. Rows are made one by one.
 *
 * @throws ShapeError when there are not as many names as probes and templates.
 */
export function listScores({ labels, mated, nonMated }: PairScores, names: ScoreNames): Iterable<ScoreRow> {
  const { probes, gallery } = labels;
  const lengths = [names.probes, names.probeIdentities, names.gallery, names.galleryIdentities].map(({ length }) => length);
  if (lengths.some((length, i) => length !== (i < 2 ? probes : gallery).length)) {
    throw new ShapeError(
      `listScores: got ${lengths[0]} and ${lengths[1]} names of probes, ${lengths[2]} and ${lengths[3]} of templates, for ${probes.length} probes and ${gallery.length} templates; give one of each kind for each`,
    );
  }
  return {
    *[Symbol.iterator](): Generator<ScoreRow> {
      let matedSeen = 0;
      let nonMatedSeen = 0;
      for (let probe = 0; probe < probes.length; probe++) {
        for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
          const score = gallery[j] === probes[probe] ? mated[matedSeen++] : nonMated[nonMatedSeen++];
          yield {
            probe: names.probes[probe],
            gallery: names.gallery[j],
            probeIdentity: names.probeIdentities[probe],
            galleryIdentity: names.galleryIdentities[j],
            score,
          };
        }
      }
    },
  };
}

/**
 * Mated and non-mated scores of a list, for `verification`. Scores are rounded to float32.
 *
 * @throws ValueError when there are none of either kind.
 */
export function splitScores(rows: readonly ScoreRow[]): FoldScores {
  const scoresWhere = (isMated: boolean): Float32Array =>
    Float32Array.from(
      rows.filter(({ probeIdentity, galleryIdentity }) => (probeIdentity === galleryIdentity) === isMated),
      ({ score }) => score,
    );
  const [mated, nonMated] = [scoresWhere(true), scoresWhere(false)];
  if (mated.length === 0 || nonMated.length === 0) {
    throw new ValueError(
      `splitScores: got ${mated.length} mated and ${nonMated.length} non-mated scores; it needs both, so look whether identities are named alike on both sides`,
    );
  }
  return { mated, nonMated };
}
