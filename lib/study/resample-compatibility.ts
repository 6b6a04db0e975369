import { ValueError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { compatibilityMatrix, type Compatibility } from "../geometry/compatibility.js";
import { hitStatistic } from "../metrics/subject-statistic.js";
import { rankMetric } from "./metric-names.js";
import { runStudy } from "./run-study.js";
import type { StudyContext, StudyResult, StudySpec } from "./study-spec.js";

export interface ResampleSpec extends Pick<StudySpec, "experiment" | "maps" | "fitSet" | "testSet" | "seed"> {
  readonly networks: readonly string[];
  /** How often people are drawn anew. @defaultValue 200 */
  readonly replicateCount?: number;
}

export interface ResampledCompatibility extends Pick<StudyResult, "rows" | "plan"> {
  /** Of each map, the Rank-1 of all pairs for each draw of people; a draw is the same for all maps and pairs. */
  readonly replicates: ReadonlyMap<string, readonly Compatibility[]>;
}

/**
 * Study every ordered pair of networks and each network by itself, in the centred frame, and what Rank-1 would be if the test people were
 * drawn anew, with replacement.
 *
 * Maps are not fitted anew; what moves is who searches. The gallery stays as it is.
 *
 * @throws ValueError when there are fewer than two networks or replicates; as runStudy does for the rest.
 */
export async function resampleCompatibility(
  { networks, maps, replicateCount = 200, ...spec }: ResampleSpec,
  random: Random,
  context: StudyContext,
): Promise<ResampledCompatibility> {
  if (networks.length < 2 || !Number.isInteger(replicateCount) || replicateCount < 2) {
    throw new ValueError(
      `resampleCompatibility: got ${networks.length} networks and ${replicateCount} replicates; it needs at least two of both`,
    );
  }
  // By target, so that the networks by themselves, and with them those of each matrix, come in the order given.
  const pairs = networks.flatMap((target) => networks.filter((source) => source !== target).map((source) => ({ source, target })));
  const all = { ...spec, pairs, maps: ["native", ...maps], frames: ["centred" as const], ranks: [1] };
  const { rows, people, plan } = await runStudy(all, context);
  const searches = people.map((one) => ({ ...one, metric: rankMetric(1), statistic: hitStatistic(one) }));
  const { subjectCount } = searches[0].statistic;
  const draws = Array.from({ length: replicateCount }, () => {
    const weights = new Int32Array(subjectCount);
    for (let i = 0; i < subjectCount; i++) weights[random.integer(subjectCount)]++;
    return searches.map(({ statistic, ...one }) => ({ ...one, value: statistic.at(weights)! }));
  });
  const of = (map: string): Compatibility[] => {
    return draws.map((drawn) => compatibilityMatrix(drawn.filter((one) => one.map === map || one.map === "native"), rankMetric(1))); // prettier-ignore
  };
  return { rows, replicates: new Map(maps.map((map) => [map, of(map)])), plan };
}
