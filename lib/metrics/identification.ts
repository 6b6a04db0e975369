import { ValueError } from "../core/errors.js";
import { subjectInterval, type Interval } from "./intervals.js";
import { indicesBySubject, type ScoreLabels } from "./labels.js";
import { rankCandidates } from "./rank-candidates.js";
import type { ScoreBlock, ScoreConsumer } from "./scores.js";

/** What one closed-set search saw, probe by probe. Probes without a mate in the gallery are not in it. */
export interface Ranks {
  /** Non-mated candidates that score above the best mate. */
  readonly better: Int32Array;
  /** Non-mated candidates that score the same as the best mate. */
  readonly tied: Int32Array;
  /** Mated candidates at the best mate's score: at least one. */
  readonly mates: Int32Array;
  /** Subject of each probe. */
  readonly subjects: Int32Array;
  readonly subjectCount: number;
  /** Candidates a probe can be ranked among: subjects, or non-mated templates and one mate. */
  readonly candidateCount: number;
  readonly unmatedProbeCount: number;
}

export interface RankOptions {
  /**
   * What is ranked: subjects by their best template, or templates, where the probe's other mates leave the list.
   * @defaultValue "subject"
   */
  readonly unit?: "subject" | "template";
}

export interface TieOptions {
  /** Equal scores count against the probe, or fall in random order. @defaultValue "pessimistic" */
  readonly ties?: "pessimistic" | "expected";
}

/** Counts ranks from blocks of scores; `ranks` is complete once every block was added. */
export interface RankCounter extends ScoreConsumer {
  /** The ranks of each mated probe. @throws ValueError when not every block was added. */
  ranks(): Ranks;
}

/**
 * Count, for each probe, who scores at or above its best mate.
 *
 * @throws ValueError when the rows are probes and gallery at once, when no probe has a mate in the gallery, or when ranks are asked for
 * before the last block.
 */
export function countRanks(labels: ScoreLabels, { unit = "subject" }: RankOptions = {}): RankCounter {
  if (labels.pairs !== "all") {
    throw new ValueError(
      "countRanks: got the labels of all pairs of one set, where each row would find itself; label probes and gallery apart",
    );
  }
  const { columns, owners, candidateCount } = rankCandidates(labels, unit);
  const mated = new Set(labels.gallery);
  const order = indicesWhere(labels.probes, (subject) => mated.has(subject));
  if (order.length === 0) {
    throw new ValueError(`countRanks: none of ${labels.probes.length} probes has a mate in the gallery; enrol an image of each subject`);
  }
  const better = new Int32Array(order.length);
  const tied = new Int32Array(order.length);
  const mates = new Int32Array(order.length);
  const subjects = order.map((probe) => labels.probes[probe]);
  const candidatesOf = indicesBySubject(owners, labels.subjectCount);
  const isTemplate = columns.every((candidate, j) => candidate === j);
  const best = new Float32Array(owners.length);
  let next = 0;
  return {
    add({ firstProbe, scores }: ScoreBlock): void {
      for (; next < order.length && order[next] < firstProbe + scores.rows; next++) {
        const begin = (order[next] - firstProbe) * scores.columns;
        const row = scores.data.subarray(begin, begin + scores.columns);
        const candidates = isTemplate ? row : bestInto(best, row, columns);
        const own = candidatesOf[subjects[next]];
        let mate = -Infinity;
        for (const c of own) if (candidates[c] > mate) mate = candidates[c];
        for (const c of own) if (candidates[c] === mate) mates[next]++;
        let [above, level] = [0, 0];
        for (let c = 0; c < candidates.length; c++) {
          if (candidates[c] < mate) continue;
          if (candidates[c] > mate) above++;
          else level++;
        }
        better[next] = above;
        tied[next] = level - mates[next];
      }
    },
    ranks(): Ranks {
      if (next < order.length) {
        throw new ValueError(`countRanks: ${next} of ${order.length} mated probes were scored; add every block before asking for ranks`);
      }
      return {
        better: better.slice(),
        tied: tied.slice(),
        mates: mates.slice(),
        subjects: subjects.slice(),
        subjectCount: labels.subjectCount,
        candidateCount,
        unmatedProbeCount: labels.probes.length - order.length,
      };
    },
  };
}

/** Rank of each probe's best mate, 1 the best; equal scores count against the probe. */
export function pessimisticRanks({ better, tied }: Ranks): Int32Array {
  return better.map((count, i) => 1 + count + tied[i]);
}

/**
 * The share of mated probes whose best mate is among the first k candidates.
 *
 * @throws ValueError when k is not a whole number from 1 on.
 * @see ISO/IEC 19795-1:2021, closed-set identification; docs/definitions.md
 */
export function rankAtK(ranks: Ranks, k: number, { ties = "pessimistic" }: TieOptions = {}): number {
  checkK(k);
  let hits = 0;
  for (let i = 0; i < ranks.better.length; i++) hits += hitShare(ranks, i, k, ties);
  return hits / ranks.better.length;
}

/**
 * The mean of 1/rank of each probe's best mate.
 *
 * For ties in random order, the expectation over the place of the first of e mates among t + e that are tied.
 *
 * @see Voorhees 1999, "The TREC-8 question answering track report"
 */
export function meanReciprocalRank(ranks: Ranks, { ties = "pessimistic" }: TieOptions = {}): number {
  let sum = 0;
  for (let i = 0; i < ranks.better.length; i++) {
    if (ties === "pessimistic") {
      sum += 1 / (1 + ranks.better[i] + ranks.tied[i]);
      continue;
    }
    let missed = 1;
    for (let left = ranks.tied[i], rank = ranks.better[i] + 1; missed > 0; left--, rank++) {
      const found = (missed * ranks.mates[i]) / (left + ranks.mates[i]);
      sum += found / rank;
      missed = left > 0 ? missed - found : 0;
    }
  }
  return sum / ranks.better.length;
}

/** rankAtK for k = 1 … candidateCount; it never falls, and ends at 1. */
export function cmc(ranks: Ranks, { ties = "pessimistic" }: TieOptions = {}): Float64Array {
  if (ties === "expected") return Float64Array.from({ length: ranks.candidateCount }, (_, i) => rankAtK(ranks, i + 1, { ties }));
  const curve = new Float64Array(ranks.candidateCount);
  for (const rank of pessimisticRanks(ranks)) curve[rank - 1]++;
  let hits = 0;
  return curve.map((count) => (hits += count) / ranks.better.length);
}

/** The 95 % interval of rankAtK (pessimistic ties) over subjects drawn at random; see subjectInterval. */
export function rankInterval(ranks: Ranks, k: number): Interval {
  checkK(k);
  return cmcIntervals(ranks, k)[k - 1];
}

/** rankInterval for k = 1 … `most`: of the CMC, rank by rank. */
export function cmcIntervals(ranks: Ranks, most: number): Interval[] {
  const { subjects, subjectCount } = ranks;
  const hits = new Float64Array(subjectCount);
  const trials = new Float64Array(subjectCount);
  const found = Array.from({ length: most }, () => [] as number[]);
  pessimisticRanks(ranks).forEach((rank, i) => {
    trials[subjects[i]]++;
    if (rank <= most) found[rank - 1].push(subjects[i]);
  });
  return found.map((some) => {
    for (const subject of some) hits[subject]++;
    return subjectInterval(hits, trials);
  });
}

/** Probability that the best mate of probe i is within the first k when ties are broken as `ties` says. */
function hitShare({ better, tied, mates }: Ranks, i: number, k: number, ties: "pessimistic" | "expected"): number {
  const drawn = k - better[i];
  if (drawn <= 0) return 0;
  if (drawn > tied[i]) return 1;
  if (ties === "pessimistic") return 0;
  let missed = 1;
  for (let draw = 0; draw < drawn; draw++) missed *= (tied[i] - draw) / (tied[i] + mates[i] - draw);
  return 1 - missed;
}

/** Each candidate's best score. */
function bestInto(best: Float32Array, scores: Float32Array, columns: Int32Array): Float32Array {
  best.fill(-Infinity);
  for (let j = 0; j < columns.length; j++) if (scores[j] > best[columns[j]]) best[columns[j]] = scores[j];
  return best;
}

function indicesWhere(values: Int32Array, keep: (value: number) => boolean): Int32Array {
  const indices: number[] = [];
  values.forEach((value, i) => {
    if (keep(value)) indices.push(i);
  });
  return Int32Array.from(indices);
}

function checkK(k: number): void {
  if (!Number.isInteger(k) || k < 1) throw new ValueError(`rankAtK: got k = ${k}; k must be a whole number from 1 on`);
}
