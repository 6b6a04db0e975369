import { findMapKind } from "../align/registry.js";
import { lessMean } from "../align/rows.js";
import { takeRows, type Matrix32 } from "../core/matrix.js";
import { createRandom } from "../core/random.js";
import { bootstrapSubjects, percentileInterval } from "../metrics/bootstrap.js";
import { averageRows } from "../metrics/fuse-rows.js";
import { fuseScores, normaliseScores, scaleOf, tuneFusion } from "../metrics/fuse-scores.js";
import { ranksOfPairs } from "../metrics/ranks-of-pairs.js";
import { differenceStatistic } from "../metrics/subject-statistic.js";
import { prepareStudy, type TestNames } from "./prepare-study.js";
import { placeTest } from "./score-map.js";
import { scoreTest, subjectFigures, type ScoredTest } from "./subject-figures.js";
import type { EncoderPair, StudyContext, StudySpec } from "./study-spec.js";

/** Probes are seen by both networks; the gallery holds the target's rows alone. */
export interface FusionSpec extends EncoderPair, Pick<StudySpec, "fitSet" | "testSet" | "seed"> {
  readonly map: string;
}

/**
 * `native`: the target alone. `mapped`: the source alone, mapped. `sum`: the sum of both systems' scores, each on the scale of its
 * non-mated tune scores. `tuned`: the same with the weight that is best on tune people. `average`: the mean of the probe's unit rows.
 */
export type FusionMethod = "native" | "mapped" | "sum" | "tuned" | "average";

/** One figure of one method. */
export interface FusionFigure extends EncoderPair {
  readonly method: FusionMethod;
  readonly metric: string;
  readonly value: number;
  /** Over the target alone, with its 95 % interval over people, who are the same on both sides. */
  readonly gain: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Does a second network help the one that a gallery was enrolled with, once it is mapped to it?
 *
 * Scales and weights come from people who are neither fitted nor tested on: the first row of each is their gallery.
 *
 * @throws as runStudy does.
 */
export async function fusePair({ map, ...spec }: FusionSpec, context: StudyContext): Promise<FusionFigure[]> {
  const { names, network, pairFits } = await prepareStudy({ ...spec, pairs: [spec] }, context);
  const { engine, signal } = context;
  const [source, target] = [await network(spec.source), await network(spec.target)];
  const [fit] = await pairFits(spec);
  const fitted = await findMapKind(map).fit(fit);
  const place = async (probes: Matrix32, gallery: Matrix32, own: Matrix32, people: TestNames): Promise<Systems> => {
    const mapped = await placeTest(fitted, { probes, gallery, ...people }, { engine, signal });
    const native = lessMean(own, fitted.targetMean);
    const average = averageRows([mapped.probes, native]);
    return {
      mapped: await scoreTest(mapped.probes, mapped.gallery, people, context),
      native: await scoreTest(native, mapped.gallery, people, context),
      average: await scoreTest(average, mapped.gallery, people, context),
    };
  };
  const tune = enrolFirst(source.tuneIdentities);
  const tuned = await place(
    takeRows(source.tune, tune.probes),
    takeRows(target.tune, tune.gallery),
    takeRows(target.tune, tune.probes),
    tune.names,
  );
  const tested = await place(source.probes, target.gallery, target.probes, names);

  const scaled = (system: "mapped" | "native", { [system]: { pairs } }: Systems) => normaliseScores(pairs, scaleOf(tuned[system].pairs));
  const { weight } = tuneFusion(scaled("native", tuned), scaled("mapped", tuned));
  const fused = (weights: readonly number[]): ScoredTest => {
    const pairs = fuseScores([scaled("native", tested), scaled("mapped", tested)], weights);
    return { pairs, ranks: ranksOfPairs(pairs) };
  };
  const methods: readonly (readonly [FusionMethod, ScoredTest])[] = [
    ["native", tested.native],
    ["mapped", tested.mapped],
    ["sum", fused([1, 1])],
    ["tuned", fused([1 - weight, weight])],
    ["average", tested.average],
  ];
  const fmrs = [1e-2, 1e-3];
  const reference = subjectFigures(tested.native, fmrs);
  const figures: FusionFigure[] = [];
  for (const [method, scored] of methods) {
    for (const [metric, statistic] of subjectFigures(scored, fmrs)) {
      const drawn = await bootstrapSubjects(differenceStatistic(statistic, reference.get(metric)!), {
        random: createRandom(spec.seed),
        signal,
      });
      const value = statistic.at(new Int32Array(statistic.subjectCount).fill(1))!;
      figures.push({ source: spec.source, target: spec.target, method, metric, value, gain: drawn.estimate, ...percentileInterval(drawn) });
    }
  }
  return figures;
}

type Systems = Readonly<Record<"native" | "mapped" | "average", ScoredTest>>;

/** Of each person the first row is enrolled, and the others search. */
function enrolFirst(identities: readonly string[]): { gallery: Int32Array; probes: Int32Array; names: TestNames } {
  const seen = new Set<string>();
  const [gallery, probes]: [number[], number[]] = [[], []];
  identities.forEach((identity, row) => {
    (seen.has(identity) ? probes : gallery).push(row);
    seen.add(identity);
  });
  const name = (row: number): string => identities[row];
  return {
    gallery: Int32Array.from(gallery),
    probes: Int32Array.from(probes),
    names: { probeIdentities: probes.map(name), galleryIdentities: gallery.map(name), otherNames: [] },
  };
}
