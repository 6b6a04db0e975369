import type { Matrix32 } from "../core/matrix.js";
import { countRanks, type Ranks } from "../metrics/identification.js";
import { labelScores } from "../metrics/labels.js";
import { collectPairs, type PairScores } from "../metrics/pair-scores.js";
import { scoreBlocks } from "../metrics/scores.js";
import { rankStatistic, tmrAtFmrStatistic, type SubjectStatistic } from "../metrics/subject-statistic.js";
import { rankMetric, tmrMetric } from "./metric-names.js";
import type { TestNames } from "./prepare-study.js";
import type { StudyContext } from "./study-spec.js";

/** Every score of one test, kept so that figures can be taken of any weighting of its people. */
export interface ScoredTest {
  readonly ranks: Ranks;
  readonly pairs: PairScores;
}

/** Score probes and gallery that are in one space. */
export async function scoreTest(
  probes: Matrix32,
  gallery: Matrix32,
  { probeIdentities, galleryIdentities }: Pick<TestNames, "probeIdentities" | "galleryIdentities">,
  { engine, signal }: Pick<StudyContext, "engine" | "signal">,
): Promise<ScoredTest> {
  const labels = labelScores(probeIdentities, galleryIdentities);
  const [counter, collector] = [countRanks(labels), collectPairs(labels)];
  await scoreBlocks(probes, gallery, [counter, collector], { engine, signal });
  return { ranks: counter.ranks(), pairs: collector.pairs() };
}

/** Rank-1 and TMR at each FMR as statistics of weighted people, by the names that result rows have. */
export function subjectFigures({ ranks, pairs }: ScoredTest, fmrs: readonly number[]): ReadonlyMap<string, SubjectStatistic> {
  return new Map([
    [rankMetric(1), rankStatistic(ranks, 1)],
    ...fmrs.map((fmr) => [tmrMetric(fmr), tmrAtFmrStatistic(pairs, fmr)] as const),
  ]);
}
