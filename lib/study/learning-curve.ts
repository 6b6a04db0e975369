import { ValueError } from "../core/errors.js";
import { splitMean } from "../metrics/repeated-splits.js";
import type { EncoderPair, StudyResult, StudySpec } from "./study-spec.js";

/** One metric of one map of one pair at one share of the training people, over seeds. */
export interface LearningPoint extends EncoderPair {
  readonly map: string;
  readonly fraction: number;
  /** Mean number of training rows. */
  readonly train: number;
  readonly mean: number;
  /** Bounds of the 95 % interval over splits: see learningCurve. */
  readonly low: number;
  readonly high: number;
  readonly seedCount: number;
}

/**
 * What each share of the training people reaches, over seeds, which draw both the split and the share.
 *
 * The interval is Student's with the corrected variance of repeated splits (`splitMean`), with the share of test to training people of the
 * whole split: at small shares training parts hardly overlap, and the interval is then on the wide side.
 *
 * @param specs what was run, each for one fraction and one seed.
 * @param results of the specs, in their order.
 * @throws ValueError when specs and results differ in number, or a point has fewer than two seeds.
 */
export function learningCurve(specs: readonly StudySpec[], results: readonly StudyResult[], metric: string): LearningPoint[] {
  if (specs.length !== results.length) {
    throw new ValueError(`learningCurve: got ${specs.length} specs and ${results.length} results; give the result of each spec`);
  }
  const groups = new Map<string, Seen>();
  specs.forEach(({ fraction = 1 }, i) => {
    const { rows, plan } = results[i];
    for (const { source, target, map, frame, metric: measured, value, train } of rows) {
      if (measured !== metric || frame !== "centred") continue;
      const key = JSON.stringify([source, target, map, fraction]);
      const testShare = (fraction * plan.testSplit.test.length) / plan.fitSplit.train.length;
      const group = groups.get(key) ?? { values: [], trains: [], testShare, point: { source, target, map, fraction } };
      group.values.push(value);
      group.trains.push(train);
      groups.set(key, group);
    }
  });
  return [...groups.values()].map(({ values, trains, testShare, point }) => {
    if (values.length < 2)
      throw new ValueError(`learningCurve: ${point.map} has ${values.length} seed at ${point.fraction}; an interval needs two`);
    const { mean, low, high } = splitMean(values, testShare);
    return {
      ...point,
      train: trains.reduce((sum, count) => sum + count, 0) / trains.length,
      mean,
      low: Math.max(0, low),
      high: Math.min(1, high),
      seedCount: values.length,
    };
  });
}

/** What was measured at one point, seed by seed. */
interface Seen {
  readonly point: Omit<LearningPoint, "train" | "mean" | "low" | "high" | "seedCount">;
  /** Test people over training people. */
  readonly testShare: number;
  readonly values: number[];
  readonly trains: number[];
}
