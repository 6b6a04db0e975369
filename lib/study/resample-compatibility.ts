import { findMapKind } from "../align/registry.js";
import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import { silent } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { countRanks } from "../metrics/identification.js";
import { labelScores } from "../metrics/labels.js";
import { scoreBlocks } from "../metrics/scores.js";
import { rankStatistic, type SubjectStatistic } from "../metrics/subject-statistic.js";
import { prepareStudy } from "./prepare-study.js";
import { placeTest } from "./score-map.js";
import { orderedPairs, type StudyContext, type StudySpec } from "./study-spec.js";

export interface ResampleSpec extends Pick<StudySpec, "fitSet" | "testSet" | "seed"> {
  readonly networks: readonly string[];
  readonly map: string;
  /** How often people are drawn anew. @defaultValue 200 */
  readonly replicateCount?: number;
}

/**
 * The Rank-1 of every ordered pair when the test people are drawn anew, with replacement: the same draw for all pairs.
 *
 * Maps are not fitted anew; what moves is who is tested.
 *
 * @returns one M × M matrix a replicate, source → target, zero on the diagonal.
 * @throws ValueError when there are fewer than two networks or replicates; as runStudy does for the rest.
 */
export async function resampleCompatibility(
  { networks, map, replicateCount = 200, ...spec }: ResampleSpec,
  random: Random,
  context: StudyContext,
): Promise<Matrix64[]> {
  if (networks.length < 2 || !Number.isInteger(replicateCount) || replicateCount < 2) {
    throw new ValueError(
      `resampleCompatibility: got ${networks.length} networks and ${replicateCount} replicates; it needs at least two of both`,
    );
  }
  const { engine, signal, progress = silent } = context;
  const pairs = networks.flatMap((one, i) => networks.slice(i + 1).flatMap((other) => orderedPairs([one, other])));
  const { names, network, pairFits } = await prepareStudy({ ...spec, pairs }, context);
  const statistics: { readonly place: number; readonly statistic: SubjectStatistic }[] = [];
  for (const pair of pairs) {
    const [{ probes }, { gallery }] = [await network(pair.source), await network(pair.target)];
    const [fit] = await pairFits(pair);
    const placed = await placeTest(await findMapKind(map).fit(fit), { probes, gallery, ...names }, { engine, signal });
    const counter = countRanks(labelScores(names.probeIdentities, names.galleryIdentities));
    await scoreBlocks(placed.probes, placed.gallery, [counter], { engine, signal });
    const place = networks.indexOf(pair.source) * networks.length + networks.indexOf(pair.target);
    statistics.push({ place, statistic: rankStatistic(counter.ranks(), 1) });
    progress.update(statistics.length);
  }
  progress.end();
  const { subjectCount } = statistics[0].statistic;
  return Array.from({ length: replicateCount }, () => {
    const weights = new Int32Array(subjectCount);
    for (let i = 0; i < subjectCount; i++) weights[random.integer(subjectCount)]++;
    const values = matrix64(networks.length, networks.length);
    for (const { place, statistic } of statistics) values.data[place] = statistic.at(weights)!;
    return values;
  });
}
