import { createRandom } from "../core/random.js";
import { bootstrapSubjects, replicateVariance, type Bootstrap } from "../metrics/bootstrap.js";
import { linkabilityStatistic, measureLinkability, type Linkability, type LocalLinkability } from "../metrics/linkability.js";
import { matchRateStatistic, rankStatistic, type SubjectStatistic } from "../metrics/subject-statistic.js";
import { drawnInterval } from "./drawn-interval.js";
import { rankMetric, sarMetric } from "./metric-names.js";
import type { ScoredTest } from "./subject-figures.js";

/** One figure of an attack, over the draws of what leaked. */
export interface AttackFigure {
  /** `sar@fmr=1e-2` … `sar@fmr=1e-4`, `rank1`, `linkability`, `d-sys`, `d-sys-null`. */
  readonly metric: string;
  readonly value: number;
  /** Bounds of the 95 % interval over people and leaks; null for the last two, which `linkability` is made of. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface AttackFigures {
  readonly figures: readonly AttackFigure[];
  /** Scores between stolen and enrolled templates, of the first draw. */
  readonly scores: readonly LocalLinkability[];
}

/** False match rates of the attacked system that its thresholds are set at. */
export const attackFmrs: readonly number[] = Object.freeze([1e-2, 1e-3, 1e-4]);

export interface AttackFigureOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Draws of people for the variance of rates. @defaultValue 200 */
  readonly replicateCount?: number;
}

/**
 * What stolen templates reach against the enrolment of an attacked system.
 *
 * Success (SAR) is the share of mated attacks at or above the threshold that the system's own non-mated scores set; `rank1` is identification in
 * its gallery; `linkability` is D_sys of the scores between stolen and enrolled templates, less what there is without any link (see
 * measureLinkability). Each is the mean over draws; the people's part of its interval is that of the first draw, with the threshold chosen anew.
 *
 * @param native the attacked system's own scores.
 * @returns the figures of an attack's scores of the same comparisons, once for each draw of what leaked.
 * @throws as the metrics do.
 * @see ISO/IEC 30136:2018; docs/definitions.md
 */
export function attackFigures(
  native: ScoredTest,
  { seed, signal, replicateCount = 200 }: AttackFigureOptions,
): (draws: readonly ScoredTest[]) => Promise<AttackFigures> {
  const kinds: readonly (readonly [string, (draw: ScoredTest) => SubjectStatistic])[] = [
    ...attackFmrs.map((fmr) => {
      const statisticOf = matchRateStatistic(native.pairs, fmr);
      return [sarMetric(fmr), ({ pairs }: ScoredTest) => statisticOf(pairs.mated)] as const;
    }),
    [rankMetric(1), ({ ranks }) => rankStatistic(ranks, 1)],
  ];
  const peopleCount = new Set(native.ranks.subjects).size;
  const resample = (statistic: SubjectStatistic, count: number): Promise<Bootstrap> =>
    bootstrapSubjects(statistic, { random: createRandom(seed), replicateCount: count, signal });
  return async (draws) => {
    const figures: AttackFigure[] = [];
    for (const [metric, at] of kinds) {
      const first = await resample(at(draws[0]), replicateCount);
      const values = draws.map((draw, i) => (i === 0 ? first.estimate : wholeOf(at(draw))));
      const { mean, low, high } = drawnInterval(values, { peopleVariance: replicateVariance(first), peopleCount, isShare: true });
      figures.push({ metric, value: mean, low, high });
    }
    const linked = draws.map(({ pairs }) => measureLinkability(pairs, { random: createRandom(seed) }));
    const meanOf = (of: (one: Linkability) => number): number => linked.reduce((sum, one) => sum + of(one), 0) / linked.length;
    const [dSys, nullMean] = [meanOf((one) => one.dSys), meanOf((one) => one.nullMean)];
    const drawn = await resample(linkabilityStatistic(draws[0].pairs), replicateCount / 4);
    const { mean, low, high } = drawnInterval(
      linked.map(({ corrected }) => corrected),
      { peopleVariance: replicateVariance(drawn) / (1 - nullMean) ** 2, peopleCount, isShare: false },
    );
    figures.push({ metric: "linkability", value: mean, low, high });
    const without = { low: null, high: null };
    figures.push({ metric: "d-sys", value: dSys, ...without }, { metric: "d-sys-null", value: nullMean, ...without });
    return { figures, scores: linked[0].bins };
  };
}

function wholeOf(statistic: SubjectStatistic): number {
  return statistic.at(new Int32Array(statistic.subjectCount).fill(1))!;
}
