import { DataError, ValueError } from "../core/errors.js";

/** What two methods differ by on one ordered pair of networks. */
export interface PairDifference {
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

/** A test over networks rather than over pairs of them. */
export interface ModelTest {
  /** Over unordered pairs, both directions of each taken together. */
  readonly mean: number;
  readonly modelCount: number;
  readonly pairCount: number;
  /** Two-sided, over all signs of the networks' effects. */
  readonly p: number;
  /** 2^(1 − networks): no test of so few networks gives less. */
  readonly smallestP: number;
  /** The mean over the pairs without each network, by name: whether one network carries the result. */
  readonly without: readonly { readonly model: string; readonly mean: number }[];
}

/** 2^20 sign patterns. */
const mostModels = 20;

/**
 * Test that a difference is zero on average over networks, when each pair of networks shares them with other pairs.
 *
 * A → B and B → A are taken together as their mean. Each pair's difference is split into an effect of either network,
 * d_AB = u_A + u_B + e_AB (least squares), and the signs of the effects are permuted: exact where effects are symmetric about zero, and
 * cautious where only the pairs' own noise e is. Pairs as such are not permuted, since with 4 networks 6 pairs have only 4 independent
 * sources.
 *
 * @throws ValueError when there are fewer than 3 or more than 20 networks, or a value is not finite; DataError when two of the networks
 * are not compared, or a direction is there twice.
 * @see Kenny, Kashy, Cook 2006, Dyadic Data Analysis, chapter 8 (effects of either side)
 */
export function testModels(differences: readonly PairDifference[]): ModelTest {
  const { models, pairs } = collapseDirections(differences);
  const count = models.length;
  if (count < 3 || count > mostModels) {
    throw new ValueError(`testModels: got ${count} networks; it needs from 3 to ${mostModels}, all compared with each other`);
  }
  const sums = models.map((_, i) => pairs[i].reduce((sum, value) => sum + value, 0));
  const total = sums.reduce((sum, value) => sum + value, 0) / 2;
  const effects = sums.map((sum) => (sum - total / (count - 1)) / (count - 2));
  const pairCount = (count * (count - 1)) / 2;
  return {
    mean: total / pairCount,
    modelCount: count,
    pairCount,
    p: signPermutation(effects),
    smallestP: 2 ** (1 - count),
    without: models.map((model, i) => ({ model, mean: (total - sums[i]) / (((count - 1) * (count - 2)) / 2) })),
  };
}

/**
 * The mean of both directions of each pair of networks, as a symmetric table with a diagonal of zeros; where one direction is missing the
 * other stands for both.
 *
 * @throws ValueError when a value is not finite; DataError when two networks are not compared, one is compared with itself, or a
 * direction is there twice.
 */
export function collapseDirections(differences: readonly PairDifference[]): { models: string[]; pairs: number[][] } {
  const models = [...new Set(differences.flatMap(({ source, target }) => [source, target]))].sort();
  const place = new Map(models.map((model, i) => [model, i]));
  const found: (number | undefined)[][] = models.map(() => []);
  for (const { source, target, value } of differences) {
    if (!Number.isFinite(value)) throw new ValueError(`testModels: ${source} → ${target} is ${value}; every difference must be finite`);
    const [from, to] = [place.get(source)!, place.get(target)!];
    if (from === to) throw new DataError(`testModels: got ${source} → ${target}; give pairs of two networks`);
    if (found[from][to] !== undefined) throw new DataError(`testModels: ${source} → ${target} is there twice; give each direction once`);
    found[from][to] = value;
  }
  const pairs = models.map((one, i) =>
    models.map((other, j) => {
      if (i === j) return 0;
      const [there, back] = [found[i][j] ?? found[j][i], found[j][i] ?? found[i][j]];
      if (there === undefined || back === undefined) {
        throw new DataError(
          `testModels: ${one} and ${other} are not compared; it needs every pair of the networks, in one direction at least`,
        );
      }
      return (there + back) / 2;
    }),
  );
  return { models, pairs };
}

/** The share of sign patterns whose sum is at least as far from zero; rounding does not part equal sums. */
function signPermutation(effects: readonly number[]): number {
  const observed = Math.abs(effects.reduce((sum, effect) => sum + effect, 0));
  const room = 1e-12 * effects.reduce((sum, effect) => sum + Math.abs(effect), 0);
  const patternCount = 2 ** effects.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patternCount; pattern++) {
    let sum = 0;
    for (let i = 0; i < effects.length; i++) sum += (pattern >> i) & 1 ? effects[i] : -effects[i];
    if (Math.abs(sum) >= observed - room) extreme++;
  }
  return extreme / patternCount;
}
