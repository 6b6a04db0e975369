import { ValueError } from "../core/errors.js";
import { detCurve, type DetCurve } from "./det.js";
import type { RankOptions } from "./identification.js";
import type { ScoreLabels } from "./labels.js";
import { rankCandidates } from "./rank-candidates.js";
import { rocSteps, type RocStep } from "./roc.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";
import { tmrAtFmr, type OperatingPoint } from "./operating-point.js";
import { verification, type Verification } from "./verification.js";

/** What searches of an open set returned: those of people who are enrolled, and those of people who are not. */
export interface Searches {
  /** Score of the best mate of each mated search, and its rank; equal scores count against it. */
  readonly mateScores: Float32Array;
  readonly mateRanks: Int32Array;
  /** Subject of each mated search, and of each non-mated one. */
  readonly matedSubjects: Int32Array;
  readonly nonMatedSubjects: Int32Array;
  /** The best scores of each non-mated search, descending, `listLength` for each. */
  readonly nonMatedScores: Float32Array;
  readonly listLength: number;
  readonly candidateCount: number;
}

export interface SearchOptions extends RankOptions {
  /** Candidates that are kept of each non-mated search; only selectivity needs more than one. @defaultValue 20, or the gallery */
  readonly listLength?: number;
}

export interface SearchCollector extends ScoreConsumer {
  /** What each probe found. @throws ValueError when not every block was added. */
  searches(): Searches;
}

/** A mated search is missed when its mate is beyond `rank`, or below the threshold. */
export interface RankLimit {
  /** @defaultValue Infinity: wherever it is in the list */
  readonly rank?: number;
}

/** What a search does at the threshold that an allowed false positive rate leads to. */
export interface OpenSetPoint extends Pick<OperatingPoint, "threshold" | "allowedCount" | "resolved"> {
  readonly fnir: number;
  /** Never above what is allowed. */
  readonly achievedFpir: number;
}

/**
 * Sort searches into mated and non-mated ones by whether the probe's person is in the gallery.
 *
 * @throws ValueError when rows are probes and gallery at once, when either kind of search is missing, when a list would be longer than the
 * gallery, or when searches are asked for before the last block.
 */
export function collectSearches(labels: ScoreLabels, { unit = "subject", listLength }: SearchOptions = {}): SearchCollector {
  if (labels.pairs !== "all") {
    throw new ValueError("collectSearches: got the labels of all pairs of one set; label probes and gallery apart");
  }
  const { columns, owners, candidateCount } = rankCandidates(labels, unit);
  const length = listLength ?? Math.min(20, owners.length);
  if (!Number.isInteger(length) || length < 1 || length > owners.length) {
    throw new ValueError(
      `collectSearches: got lists of ${length} from a gallery of ${owners.length}; ask for a whole number from 1 to the gallery's size`,
    );
  }
  const enrolled = new Set(labels.gallery);
  const matedSubjects = labels.probes.filter((subject) => enrolled.has(subject));
  const nonMatedSubjects = labels.probes.filter((subject) => !enrolled.has(subject));
  if (matedSubjects.length === 0 || nonMatedSubjects.length === 0) {
    throw new ValueError(
      `collectSearches: got ${matedSubjects.length} mated and ${nonMatedSubjects.length} non-mated searches; it needs at least one of each, so leave some people out of the gallery`,
    );
  }
  const mateScores = new Float32Array(matedSubjects.length);
  const mateRanks = new Int32Array(matedSubjects.length);
  const nonMatedScores = new Float32Array(nonMatedSubjects.length * length);
  const best = new Float32Array(owners.length);
  let mated = 0;
  let nonMated = 0;
  const addMated = (subject: number): void => {
    let mate = -Infinity;
    for (let c = 0; c < owners.length; c++) if (owners[c] === subject && best[c] > mate) mate = best[c];
    let rank = 1;
    for (let c = 0; c < owners.length; c++) if (owners[c] !== subject && best[c] >= mate) rank++;
    mateScores[mated] = mate;
    mateRanks[mated++] = rank;
  };
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      for (let row = 0; row < scores.rows; row++) {
        best.fill(-Infinity);
        for (let j = 0; j < columns.length; j++) best[columns[j]] = Math.max(best[columns[j]], scores.data[row * scores.columns + j]);
        const subject = labels.probes[firstProbe + row];
        if (enrolled.has(subject)) addMated(subject);
        else {
          const list = best.slice().sort().reverse();
          nonMatedScores.set(list.subarray(0, length), length * nonMated++);
        }
      }
    },
    searches(): Searches {
      if (mated + nonMated < labels.probes.length) {
        throw new ValueError(
          `collectSearches: ${mated + nonMated} of ${labels.probes.length} probes were scored; add every block before asking for searches`,
        );
      }
      return { mateScores, mateRanks, matedSubjects, nonMatedSubjects, nonMatedScores, listLength: length, candidateCount };
    },
  };
}

/** Share of non-mated searches with a candidate at or above the threshold. @see ISO/IEC 19795-1:2021; docs/definitions.md */
export function fpir({ nonMatedScores, listLength, nonMatedSubjects }: Searches, threshold: number): number {
  checkThreshold("fpir", threshold);
  let found = 0;
  for (let i = 0; i < nonMatedScores.length; i += listLength) if (nonMatedScores[i] >= threshold) found++;
  return found / nonMatedSubjects.length;
}

/** Share of mated searches whose mate is beyond the rank or below the threshold. */
export function fnir({ mateScores, mateRanks }: Searches, threshold: number, { rank = Infinity }: RankLimit = {}): number {
  checkThreshold("fnir", threshold);
  checkRank(rank);
  let missed = 0;
  for (let i = 0; i < mateScores.length; i++) if (mateRanks[i] > rank || mateScores[i] < threshold) missed++;
  return missed / mateScores.length;
}

/** 1 − FNIR; at a threshold of −∞ the closed-set CMC at that rank. */
export function tpir(searches: Searches, threshold: number, limit: RankLimit = {}): number {
  return 1 - fnir(searches, threshold, limit);
}

/**
 * Mean number of candidates at or above the threshold in a non-mated search.
 *
 * @throws ValueError when a list is full at that threshold, so that more candidates may be above it.
 */
export function selectivity({ nonMatedScores, listLength, nonMatedSubjects, candidateCount }: Searches, threshold: number): number {
  checkThreshold("selectivity", threshold);
  let found = 0;
  for (let i = 0; i < nonMatedScores.length; i++) if (nonMatedScores[i] >= threshold) found++;
  for (let last = listLength - 1; last < nonMatedScores.length && listLength < candidateCount; last += listLength) {
    if (nonMatedScores[last] < threshold) continue;
    throw new ValueError(
      `selectivity: a list of ${listLength} candidates is full at a threshold of ${threshold}; collect longer lists, or raise the threshold`,
    );
  }
  return found / nonMatedSubjects.length;
}

/**
 * FNIR at the smallest observed threshold whose FPIR is at most `rate`.
 *
 * @throws ValueError when the rate is not in [0, 1).
 */
export function fnirAtFpir(searches: Searches, rate: number, limit: RankLimit = {}): OpenSetPoint {
  const { threshold, achievedFmr, allowedCount, resolved } = tmrAtFmr(asVerification(searches, limit), rate);
  return { fnir: fnir(searches, threshold, limit), threshold, achievedFpir: achievedFmr, allowedCount, resolved };
}

/** FNIR over FPIR on normal-deviate axes; `fmr` and `fnmr` of its points are FPIR and FNIR. */
export function openSetDet(searches: Searches, limit: RankLimit = {}): DetCurve {
  const evaluation = asVerification(searches, limit);
  const within = searches.mateRanks.filter((rank) => rank <= (limit.rank ?? Infinity)).length;
  // Mates beyond the rank stand at −∞, and are missed even there.
  const capped = Array.from(rocSteps(evaluation), ({ falseMatches, trueMatches }): RocStep => ({
    falseMatches,
    trueMatches: Math.min(trueMatches, within),
  }));
  return detCurve(capped, searches.mateScores.length, searches.nonMatedSubjects.length);
}

/** One score a search: the mate's where its rank allows, and the best of those without a mate. */
function asVerification({ mateScores, mateRanks, nonMatedScores, listLength }: Searches, { rank = Infinity }: RankLimit): Verification {
  checkRank(rank);
  return verification(
    mateScores.map((score, i) => (mateRanks[i] <= rank ? score : -Infinity)),
    nonMatedScores.filter((_, i) => i % listLength === 0),
  );
}

function checkThreshold(caller: string, threshold: number): void {
  if (Number.isNaN(threshold)) throw new ValueError(`${caller}: got a threshold of NaN; give a score`);
}

function checkRank(rank: number): void {
  if (rank !== Infinity && (!Number.isInteger(rank) || rank < 1)) {
    throw new ValueError(`fnir: got rank ${rank}; it must be a whole number from 1 on, or Infinity`);
  }
}
