import { findMapKind } from "../align/registry.js";
import { lessMean } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { silent } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { compatibilityMatrix, type Compatibility } from "../geometry/compatibility.js";
import { countRanks, rankAtK, rankInterval } from "../metrics/identification.js";
import { labelScores } from "../metrics/labels.js";
import { scoreBlocks } from "../metrics/scores.js";
import { rankStatistic, type SubjectStatistic } from "../metrics/subject-statistic.js";
import { rankMetric } from "./metric-names.js";
import { prepareStudy } from "./prepare-study.js";
import type { StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";
import { placeTest } from "./score-map.js";
import { orderedPairs, type EncoderPair, type StudyContext, type StudySpec } from "./study-spec.js";

export interface ResampleSpec extends Pick<StudySpec, "experiment" | "maps" | "fitSet" | "testSet" | "seed"> {
  readonly networks: readonly string[];
  /** How often people are drawn anew. @defaultValue 200 */
  readonly replicateCount?: number;
}

export interface ResampledCompatibility {
  /** The Rank-1 of each network by itself, as the map `native`, and of every ordered pair and map: what `runStudy` measures. */
  readonly rows: readonly ResultRow[];
  /** Of each map, the Rank-1 of all pairs for each draw of people; a draw is the same for all maps and pairs. */
  readonly replicates: ReadonlyMap<string, readonly Compatibility[]>;
  readonly plan: StudyPlan;
}

/**
 * The Rank-1 of every ordered pair, and the same when the test people are drawn anew, with replacement.
 *
 * Maps are not fitted anew; what moves is who searches. The gallery stays as it is.
 *
 * @throws ValueError when there are fewer than two networks or replicates; as runStudy does for the rest.
 */
export async function resampleCompatibility(
  { experiment, networks, maps, replicateCount = 200, ...sets }: ResampleSpec,
  random: Random,
  context: StudyContext,
): Promise<ResampledCompatibility> {
  if (networks.length < 2 || !Number.isInteger(replicateCount) || replicateCount < 2) {
    throw new ValueError(
      `resampleCompatibility: got ${networks.length} networks and ${replicateCount} replicates; it needs at least two of both`,
    );
  }
  const { engine, signal, progress = silent } = context;
  // Both directions of two networks follow each other, since they share their sums.
  const pairs = networks.flatMap((one, i) => networks.slice(i + 1).flatMap((other) => orderedPairs([one, other])));
  const { plan, names, network, pairFits } = await prepareStudy({ ...sets, pairs }, context);
  const counts = { train: plan.train.length, gallery: plan.gallery.length, probes: plan.probes.length };
  const rows: ResultRow[] = [];
  const statistics: SubjectStatistic[] = [];
  const measure = async (pair: EncoderPair, map: string, probes: Matrix32, gallery: Matrix32): Promise<void> => {
    const counter = countRanks(labelScores(names.probeIdentities, names.galleryIdentities));
    await scoreBlocks(probes, gallery, [counter], { engine, signal });
    const ranks = counter.ranks();
    const measured = { frame: "centred" as const, metric: rankMetric(1), value: rankAtK(ranks, 1), ...rankInterval(ranks, 1) };
    rows.push({ experiment, ...pair, ...sets, map, ...measured, ...counts, engine: engine.name });
    statistics.push(rankStatistic(ranks, 1));
    progress.update(rows.length);
  };
  for (const one of networks) {
    const { probes, gallery, cloud } = await network(one);
    await measure({ source: one, target: one }, "native", lessMean(probes, cloud.mean), lessMean(gallery, cloud.mean));
  }
  for (const pair of pairs) {
    const [{ probes }, { gallery }] = [await network(pair.source), await network(pair.target)];
    const [fit] = await pairFits(pair);
    for (const map of maps) {
      const placed = await placeTest(await findMapKind(map).fit(fit), { probes, gallery, ...names }, { engine, signal });
      await measure(pair, map, placed.probes, placed.gallery);
    }
  }
  progress.end();

  const { subjectCount } = statistics[0];
  const draws = Array.from({ length: replicateCount }, () => {
    const weights = new Int32Array(subjectCount);
    for (let i = 0; i < subjectCount; i++) weights[random.integer(subjectCount)]++;
    return rows.map((row, k) => ({ ...row, value: statistics[k].at(weights)! }));
  });
  const of = (map: string): Compatibility[] =>
    draws.map((drawn) => compatibilityMatrix(drawn.filter((row) => row.map === map || row.map === "native"), rankMetric(1))); // prettier-ignore
  return { rows, replicates: new Map(maps.map((map) => [map, of(map)])), plan };
}
