import { findMapKind } from "../align/registry.js";
import { lessMean } from "../align/rows.js";
import { createRandom } from "../core/random.js";
import { bootstrapSubjects, percentileInterval } from "../metrics/bootstrap.js";
import { differenceStatistic } from "../metrics/subject-statistic.js";
import { prepareStudy } from "./prepare-study.js";
import { placeTest } from "./score-map.js";
import { scoreTest, subjectFigures } from "./subject-figures.js";
import type { EncoderPair, StudyContext, StudySpec } from "./study-spec.js";

/** A deployed network gives way to a new one, and the gallery stays: `source` is the new network, `target` the old one. */
export interface UpgradeSpec extends EncoderPair, Pick<StudySpec, "fitSet" | "testSet" | "seed"> {
  readonly map: string;
}

/** One figure of an upgrade. */
export interface UpgradeFigure extends EncoderPair {
  readonly metric: string;
  /** Old network, old gallery. */
  readonly before: number;
  /** New network's probes, mapped, in the old gallery. */
  readonly adapted: number;
  /** New network, everybody enrolled again. */
  readonly enrolledAgain: number;
  /** adapted − before, with its 95 % interval over people, who are the same on both sides. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** change / (enrolledAgain − before): the share of the benefit that is had without enrolling again; null where there is no benefit. */
  readonly updateGain: number | null;
}

export interface Upgrade extends EncoderPair {
  readonly figures: readonly UpgradeFigure[];
  /** Whether the new network is better and surely helps already in the old gallery: the lower bound of Rank-1's change is above 0. */
  readonly helps: boolean;
  /** Whether no more than 0.01 of TMR at FMR 1e-3 is lost. */
  readonly keeps: boolean;
}

const gateFmr = 1e-3;
const mostLost = 0.01;

/**
 * What swapping a network costs or brings when an adapter stands in for enrolling everybody again.
 *
 * An upgrade passes the gate when it helps and keeps. Intervals are percentiles of 1,000 draws of people, the same for both systems.
 *
 * @throws as runStudy does.
 * @see Shen et al. 2020, arXiv 2003.11942, for the update gain
 */
export async function compareUpgrade({ map, ...spec }: UpgradeSpec, context: StudyContext): Promise<Upgrade> {
  const { names, network, pairFits } = await prepareStudy({ ...spec, pairs: [spec] }, context);
  const { engine, signal } = context;
  const [renewed, old] = [await network(spec.source), await network(spec.target)];
  const native = async ({ probes, gallery, cloud }: typeof old) =>
    scoreTest(lessMean(probes, cloud.mean), lessMean(gallery, cloud.mean), names, context);
  const [fit] = await pairFits(spec);
  const test = { probes: renewed.probes, gallery: old.gallery, ...names };
  const placed = await placeTest(await findMapKind(map).fit(fit), test, { engine, signal });
  const fmrs = [1e-2, gateFmr];
  const before = subjectFigures(await native(old), fmrs);
  const adapted = subjectFigures(await scoreTest(placed.probes, placed.gallery, names, context), fmrs);
  const again = subjectFigures(await native(renewed), fmrs);

  const figures: UpgradeFigure[] = [];
  for (const [metric, statistic] of adapted) {
    const everybody = new Int32Array(statistic.subjectCount).fill(1);
    const [one, two, three] = [before.get(metric)!, statistic, again.get(metric)!].map((figure) => figure.at(everybody)!);
    const drawn = await bootstrapSubjects(differenceStatistic(statistic, before.get(metric)!), { random: createRandom(spec.seed), signal });
    const pair = { source: spec.source, target: spec.target };
    const updateGain = three > one ? (two - one) / (three - one) : null;
    figures.push({
      ...pair,
      metric,
      before: one,
      adapted: two,
      enrolledAgain: three,
      change: two - one,
      ...percentileInterval(drawn),
      updateGain,
    });
  }
  const [rank1, , strict] = figures;
  return {
    source: spec.source,
    target: spec.target,
    figures,
    helps: rank1.updateGain !== null && rank1.low > 0,
    keeps: strict.change >= -mostLost,
  };
}
