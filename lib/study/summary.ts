import { studentInterval, type Interval } from "../metrics/intervals.js";
import { isRate } from "./metric-names.js";
import type { ResultRow } from "./result-row.js";

/** One metric of one map over all pairs of networks. */
export interface SummaryRow extends Pick<ResultRow, "experiment" | "fitSet" | "testSet" | "map" | "frame" | "metric" | "seed"> {
  /** Mean over ordered pairs. */
  readonly mean: number;
  /** Bounds of the 95 % interval over networks; null where fewer than two can be left out. */
  readonly low: number | null;
  readonly high: number | null;
  /** Of the pair where it is smallest, and largest. */
  readonly least: number;
  readonly most: number;
  readonly pairCount: number;
  readonly networkCount: number;
}

/**
 * Means over pairs by map, frame and metric, in the order in which they first appear.
 *
 * Ordered pairs share networks, so the unit of the interval is the network: with m̄₍ᵢ₎ the mean over the pairs without network i of M,
 * Var = (M − 1)/M · Σᵢ (m̄₍ᵢ₎ − their mean)², and the interval is Student's with M − 1 degrees of freedom, cut to [0, 1] for rates.
 * A network that is in every pair cannot be left out: it stays, and M is the number of the others. The interval speaks of other networks on the same people and images, not of other people.
 *
 * @see Arvesen 1969, doi:10.1214/aoms/1177697287
 */
export function summarise(rows: readonly ResultRow[]): SummaryRow[] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.experiment, row.fitSet, row.testSet, row.seed, row.map, row.frame, row.metric]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return [...groups.values()].map(summariseGroup);
}

function summariseGroup(rows: readonly ResultRow[]): SummaryRow {
  const { experiment, fitSet, testSet, map, frame, metric, seed } = rows[0];
  const networks = [...new Set(rows.flatMap(({ source, target }) => [source, target]))];
  const interval = jackknife(rows, networks);
  const cut = (bound: number): number => (isRate(metric) ? Math.min(1, Math.max(0, bound)) : bound);
  const values = rows.map(({ value }) => value);
  return {
    experiment,
    fitSet,
    testSet,
    map,
    frame,
    metric,
    seed,
    mean: meanOf(rows),
    low: interval === null ? null : cut(interval.low),
    high: interval === null ? null : cut(interval.high),
    least: Math.min(...values),
    most: Math.max(...values),
    pairCount: rows.length,
    networkCount: networks.length,
  };
}

function jackknife(rows: readonly ResultRow[], networks: readonly string[]): Interval | null {
  const parts = networks
    .map((network) => rows.filter(({ source, target }) => source !== network && target !== network))
    .filter((part) => part.length > 0);
  if (parts.length < 2) return null;
  const means = parts.map(meanOf);
  const centre = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  const spread = means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0);
  return studentInterval(meanOf(rows), Math.sqrt(((means.length - 1) / means.length) * spread), means.length - 1);
}

function meanOf(rows: readonly ResultRow[]): number {
  return rows.reduce((sum, { value }) => sum + value, 0) / rows.length;
}
