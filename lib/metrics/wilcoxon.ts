import { ValueError } from "../core/errors.js";
import { normalTail } from "./normal-tail.js";

/** What a signed-rank test found; differences are of one system less another, one a pair of networks or a face set. */
export interface SignedRankTest {
  /** Sum of the ranks of positive differences. */
  readonly positiveRanks: number;
  readonly negativeRanks: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: "exact" | "normal";
  /** The smallest p that so many differences can give. */
  readonly smallestP: number;
  readonly count: number;
  readonly zeroCount: number;
  /** (positive − negative) / (positive + negative) ranks: 1 where every difference is positive, 0 where there is none. */
  readonly rankBiserial: number;
  /** Median of all means of two differences, each with itself included. */
  readonly hodgesLehmann: number;
}

export interface SignedRankOptions {
  /**
   * `exact` counts sign patterns of the ranks at hand, ties and zeros included; `normal` approximates with the variance of those ranks;
   * `auto` is exact up to 25 differences without ties or zeros.
   * @defaultValue "auto"
   */
  readonly method?: "auto" | "exact" | "normal";
}

const mostExact = 25;
const mostDifferences = 4096;

/**
 * Wilcoxon's signed-rank test that differences lie as far above zero as below.
 *
 * Zeros take part in the ranking and then leave (Pratt); equal magnitudes share their mean rank. The normal approximation has no
 * continuity correction. Where all differences are zero, p is 1.
 *
 * @throws ValueError when there are no differences or more than 4,096, one is not finite, or an exact test of more than 25 is asked for.
 * @see Wilcoxon 1945, doi:10.2307/3001968; Pratt 1959, doi:10.1080/01621459.1959.10501526; Kerby 2014, doi:10.2466/11.IT.3.1 (rank-biserial);
 * Hodges, Lehmann 1963, doi:10.1214/aoms/1177704172
 */
export function wilcoxonSignedRank(differences: readonly number[], { method = "auto" }: SignedRankOptions = {}): SignedRankTest {
  checkDifferences(differences);
  const { ranks, hasTies, zeroCount } = rankMagnitudes(differences);
  const count = differences.length;
  const nonZeroCount = count - zeroCount;
  let positiveRanks = 0;
  let negativeRanks = 0;
  differences.forEach((difference, i) => {
    if (difference > 0) positiveRanks += ranks[i];
    if (difference < 0) negativeRanks += ranks[i];
  });
  const isExact = method === "exact" || (method === "auto" && count <= mostExact && !hasTies && zeroCount === 0);
  if (isExact && nonZeroCount > mostExact) {
    throw new ValueError(
      `wilcoxonSignedRank: got ${nonZeroCount} differences for an exact test; it takes at most ${mostExact}, so ask for "normal" or "auto"`,
    );
  }
  const own = ranks.filter((_, i) => differences[i] !== 0);
  const total = positiveRanks + negativeRanks;
  const pOf = isExact ? exactTest(own) : normalTest(own);
  return {
    positiveRanks,
    negativeRanks,
    p: pOf(Math.min(positiveRanks, negativeRanks)),
    method: isExact ? "exact" : "normal",
    smallestP: pOf(0),
    count,
    zeroCount,
    rankBiserial: total > 0 ? (positiveRanks - negativeRanks) / total : 0,
    hodgesLehmann: hodgesLehmann(differences),
  };
}

/**
 * The median of all means of two of the values, each with itself included: where a symmetric distribution has its centre.
 *
 * @throws ValueError when there are no values or more than 4,096, or one is not finite.
 */
export function hodgesLehmann(values: readonly number[]): number {
  checkDifferences(values);
  const means = new Float64Array((values.length * (values.length + 1)) / 2);
  let next = 0;
  for (let i = 0; i < values.length; i++) for (let j = 0; j <= i; j++) means[next++] = (values[i] + values[j]) / 2;
  means.sort();
  return (means[(next - 1) >> 1] + means[next >> 1]) / 2;
}

/** Two-sided p of the smaller rank sum, over all signs of the ranks: subsets are counted by their doubled sum, which is whole. */
function exactTest(ranks: readonly number[]): (smaller: number) => number {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const counts = new Float64Array(total + 1);
  counts[0] = 1;
  for (const rank of doubled) for (let sum = total; sum >= rank; sum--) counts[sum] += counts[sum - rank];
  return (smaller) => {
    let below = 0;
    for (let sum = 0; sum <= Math.round(2 * smaller); sum++) below += counts[sum];
    return Math.min(1, (2 * below) / 2 ** ranks.length);
  };
}

/** The same by the normal distribution; Σ rank²/4 is the variance of a sum of ranks with random signs, ties and zeros allowed for. */
function normalTest(ranks: readonly number[]): (smaller: number) => number {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const variance = ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  return (smaller) => (variance > 0 ? Math.min(1, 2 * normalTail((mean - smaller) / Math.sqrt(variance))) : 1);
}

/** The mean rank of each magnitude, the smallest 1. */
function rankMagnitudes(differences: readonly number[]): { ranks: number[]; hasTies: boolean; zeroCount: number } {
  const magnitudes = differences.map(Math.abs);
  const order = magnitudes.map((_, i) => i).sort((one, other) => magnitudes[one] - magnitudes[other]);
  const ranks = new Array<number>(differences.length).fill(0);
  let hasTies = false;
  let zeroCount = 0;
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    const magnitude = magnitudes[order[begin]];
    while (end < order.length && magnitudes[order[end]] === magnitude) end++;
    for (let at = begin; at < end; at++) ranks[order[at]] = (begin + 1 + end) / 2;
    if (magnitude === 0) zeroCount = end - begin;
    else if (end - begin > 1) hasTies = true;
  }
  return { ranks, hasTies, zeroCount };
}

function checkDifferences(differences: readonly number[]): void {
  if (differences.length === 0 || differences.length > mostDifferences) {
    throw new ValueError(`wilcoxonSignedRank: got ${differences.length} differences; it needs from 1 to ${mostDifferences}`);
  }
  const bad = differences.findIndex((difference) => !Number.isFinite(difference));
  if (bad >= 0) throw new ValueError(`wilcoxonSignedRank: difference ${bad} is ${differences[bad]}; every one must be finite`);
}
