import type { Matrix32 } from "../core/matrix.js";
import { ShapeError } from "../core/errors.js";
import { labelAllPairs } from "./labels.js";
import { collectPairs, type PairScores } from "./pair-scores.js";
import { scoreBlocks, type ScoreOptions, type ScoreSummary } from "./scores.js";
import { verification, type ListedVerification } from "./verification.js";

export interface AllPairs extends ScoreSummary {
  readonly evaluation: ListedVerification;
  readonly pairs: PairScores;
}

/**
 * Verify one set against itself: the cosines of all rows i < j, mated where the identity is the same.
 *
 * @param rows n × d.
 * @param identities n names.
 * @throws ShapeError when there are not as many identities as rows; ValueError as scoreBlocks, collectPairs and verification do.
 */
export async function verifyAllPairs(rows: Matrix32, identities: readonly string[], options: ScoreOptions): Promise<AllPairs> {
  if (identities.length !== rows.rows) {
    throw new ShapeError(`verifyAllPairs: got ${identities.length} identities for ${rows.rows} rows; give one for each row`);
  }
  const collector = collectPairs(labelAllPairs(identities));
  const { degenerateCount } = await scoreBlocks(rows, rows, [collector], options);
  const pairs = collector.pairs();
  return { evaluation: verification(pairs.mated, pairs.nonMated), pairs, degenerateCount };
}
