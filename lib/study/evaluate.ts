import { ShapeError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { eerInterval } from "../metrics/eer-interval.js";
import { cmc, cmcIntervals, rankAtK, rankInterval } from "../metrics/identification.js";
import type { Interval } from "../metrics/intervals.js";
import { labelScores } from "../metrics/labels.js";
import { scoreRecognition } from "../metrics/recognition.js";
import { hitsBySubject, type SubjectHits } from "../metrics/subject-statistic.js";
import { eer } from "../metrics/equal-error.js";
import { tmrAtFmr } from "../metrics/operating-point.js";
import { roc, thinRoc, type RocPoint } from "../metrics/roc.js";
import { auc } from "../metrics/verification.js";
import { aucInterval, tmrInterval } from "../metrics/verification-intervals.js";
import { rankMetric, tmrMetric } from "./metric-names.js";

/** One value of an evaluation, and its 95 % interval over subjects where there is one. */
export interface MetricValue {
  readonly metric: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Evaluation {
  readonly values: readonly MetricValue[];
  /** CMC of the first 200 ranks, with its 95 % interval over subjects rank by rank. */
  readonly cmc: readonly number[];
  readonly cmcLow: readonly number[];
  readonly cmcHigh: readonly number[];
  /** ROC vertices, thinned to 200. */
  readonly roc: readonly RocPoint[];
  /** Rank-1 by person, in the order of the test's people. */
  readonly people: SubjectHits;
  /** Rows without a direction. */
  readonly degenerateCount: number;
}

export interface EvaluateOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue [1, 5, 10] */
  readonly ranks?: readonly number[];
  /** @defaultValue [1e-2, 1e-3] */
  readonly fmrs?: readonly number[];
}

/** Most points of a curve. */
const curvePoints = 200;

/**
 * Identify and verify probes against a gallery in one space: rank-k, AUC, EER and TMR at each FMR, from the cosines of all pairs.
 *
 * The interval of a TMR takes its threshold as given.
 *
 * @param probes n × d.
 * @param gallery m × d.
 * @throws ShapeError when there are not as many identities as rows; ValueError as the metrics do.
 */
export async function evaluate(
  probes: Matrix32,
  gallery: Matrix32,
  identities: { readonly probes: readonly string[]; readonly gallery: readonly string[] },
  { engine, signal, ranks = [1, 5, 10], fmrs = [1e-2, 1e-3] }: EvaluateOptions,
): Promise<Evaluation> {
  if (identities.probes.length !== probes.rows || identities.gallery.length !== gallery.rows) {
    throw new ShapeError(
      `evaluate: got ${identities.probes.length} and ${identities.gallery.length} identities for ${probes.rows} probes and ${gallery.rows} gallery rows; give one for each row`,
    );
  }
  const labels = labelScores(identities.probes, identities.gallery);
  const {
    ranks: found,
    evaluation: seen,
    pairs,
    degenerateCount,
  } = await scoreRecognition(probes, gallery, labels, { engine, signal, fmrs });
  const values: MetricValue[] = ranks.map((k) => withInterval(rankMetric(k), rankAtK(found, k), rankInterval(found, k)));
  values.push(withInterval("auc", auc(seen), aucInterval(seen, pairs)), withInterval("eer", eer(seen), await eerInterval(seen, pairs)));
  for (const fmr of fmrs) {
    const point = tmrAtFmr(seen, fmr);
    values.push(withInterval(tmrMetric(fmr), point.tmr, tmrInterval(pairs, point.threshold)));
  }
  const curve = Array.from(cmc(found).slice(0, curvePoints));
  const bands = cmcIntervals(found, curve.length);
  return {
    values,
    cmc: curve,
    cmcLow: bands.map(({ low }) => low),
    cmcHigh: bands.map(({ high }) => high),
    roc: thinRoc(roc(seen), curvePoints),
    people: hitsBySubject(found, 1),
    degenerateCount,
  };
}

function withInterval(metric: string, value: number, { low, high }: Interval): MetricValue {
  return { metric, value, low, high };
}
