import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";

/** One value of a pair of networks, such as a result row; a network against itself is its native value. */
export interface PairValue {
  readonly source: string;
  readonly target: string;
  readonly metric: string;
  readonly value: number;
}

/** How well each of M networks is carried onto each other one. */
export interface Compatibility {
  readonly networks: readonly string[];
  readonly metric: string;
  /** M × M, source → target; the diagonal is zero and stands for nothing. */
  readonly values: Matrix64;
  /** What each network reaches by itself; null where rows did not say. */
  readonly native: Float64Array | null;
}

/**
 * The matrix of one metric over all ordered pairs of networks.
 *
 * @param rows of one map, frame, fit and test set, and for native values the rows of each network against itself; rows of other metrics are
 * left out.
 * @throws ValueError when there are fewer than two networks, a pair is missing or there twice, only some native values are there, or a value
 * is not finite.
 */
export function compatibilityMatrix(rows: readonly PairValue[], metric: string): Compatibility {
  const chosen = rows.filter((row) => row.metric === metric);
  const networks = [...new Set(chosen.flatMap(({ source, target }) => [source, target]))];
  const count = networks.length;
  if (count < 2) throw new ValueError(`compatibilityMatrix: got ${count} networks with ${metric}; it needs at least two`);
  const found = new Map<string, number>();
  for (const { source, target, value } of chosen) {
    const pair = `${source} → ${target}`;
    if (found.has(pair)) {
      throw new ValueError(`compatibilityMatrix: ${pair} has two values of ${metric}; filter the rows to one map, frame and set`);
    }
    if (!Number.isFinite(value)) throw new ValueError(`compatibilityMatrix: ${pair} has the value ${value}; leave that row out`);
    found.set(pair, value);
  }
  const values = matrix64(count, count);
  networks.forEach((source, i) => {
    networks.forEach((target, j) => {
      if (i === j) return;
      const value = found.get(`${source} → ${target}`);
      if (value === undefined)
        throw new ValueError(`compatibilityMatrix: there is no ${metric} of ${source} → ${target}; measure that pair`);
      values.data[i * count + j] = value;
    });
  });
  const native = networks.map((network) => found.get(`${network} → ${network}`));
  const missing = networks.filter((_, i) => native[i] === undefined);
  if (missing.length > 0 && missing.length < count) {
    throw new ValueError(`compatibilityMatrix: ${missing.join(", ")} has no native ${metric}; give it for all networks or for none`);
  }
  return { networks, metric, values, native: missing.length > 0 ? null : Float64Array.from(native, (value) => value!) };
}

/** The values as rows again, native ones not among them. */
export function compatibilityRows({ networks, metric, values }: Compatibility): PairValue[] {
  return networks.flatMap((source, i) =>
    networks.flatMap((target, j) => (i === j ? [] : { source, target, metric, value: values.data[i * networks.length + j] })),
  );
}

/**
 * S_AB − baseline_AB: what the map does beyond no alignment.
 *
 * @throws ValueError when the two are not of the same networks in the same order and of one metric.
 */
export function compatibilityGain(scores: Compatibility, baseline: Compatibility): Compatibility {
  if (scores.metric !== baseline.metric || scores.networks.join() !== baseline.networks.join()) {
    throw new ValueError(
      `compatibilityGain: got ${scores.metric} of ${scores.networks.join(", ")} and ${baseline.metric} of ${baseline.networks.join(", ")}; both must be one metric of the same networks in the same order`,
    );
  }
  return derived(scores, `${scores.metric} gain`, (value, k) => value - baseline.values.data[k]);
}

/**
 * S_AB / S_BB: the share of what the target reaches by itself that is left when probes come from another network. For metrics of which
 * more is better.
 *
 * @throws ValueError when native values are missing, or one is not above zero.
 */
export function compatibilityRetention(scores: Compatibility): Compatibility {
  const native = nativeOf(scores, "compatibilityRetention");
  const bad = native.findIndex((value) => !(value > 0));
  if (bad >= 0) {
    throw new ValueError(
      `compatibilityRetention: ${scores.networks[bad]} has a native ${scores.metric} of ${native[bad]}; a share needs one above 0`,
    );
  }
  const count = native.length;
  return derived(scores, `${scores.metric} retention`, (value, k) => value / native[k % count]);
}

/**
 * (S_AB − S_BB) / (S_AA − S_BB) of each pair whose source is natively the better network: what share of an update's benefit is had when new
 * probes are searched in the old gallery. Above 0 the old gallery profits; 1 is as good as enrolling everybody again.
 *
 * Pairs whose source is not better are left out: there is no benefit to take a share of.
 *
 * @throws ValueError when native values are missing.
 * @see Shen et al. 2020, "Towards backward-compatible representation learning", section 3.3
 */
export function updateGain(scores: Compatibility): PairValue[] {
  const native = nativeOf(scores, "updateGain");
  const place = new Map(scores.networks.map((network, i) => [network, i]));
  return compatibilityRows(scores).flatMap(({ source, target, value }) => {
    const [better, old] = [native[place.get(source)!], native[place.get(target)!]];
    return better > old ? { source, target, metric: `${scores.metric} update gain`, value: (value - old) / (better - old) } : [];
  });
}

function derived(scores: Compatibility, metric: string, value: (value: number, k: number) => number): Compatibility {
  const { networks, values } = scores;
  const count = networks.length;
  const data = values.data.map((entry, k) => (k % (count + 1) === 0 ? 0 : value(entry, k)));
  return { networks, metric, values: matrix64(count, count, data), native: null };
}

function nativeOf({ native, metric }: Compatibility, caller: string): Float64Array {
  if (native === null) {
    throw new ValueError(`${caller}: the matrix has no native ${metric}; give compatibilityMatrix the rows of each network against itself`);
  }
  return native;
}
