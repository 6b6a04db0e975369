import { lessMean } from "../align/rows.js";
import { identityScatter } from "../geometry/identity-scatter.js";
import { silhouetteByIdentity } from "../geometry/silhouette.js";
import { dPrime } from "../metrics/d-prime.js";
import { labelScores } from "../metrics/labels.js";
import { scoreRecognition } from "../metrics/recognition.js";
import { tmrAtFmr } from "../metrics/operating-point.js";
import { tmrMetric } from "./metric-names.js";
import type { PreparedStudy } from "./prepare-study.js";
import type { StudyContext } from "./study-spec.js";

/** One number for how well a network tells test people apart by itself; more is better. */
export interface SeparationValue {
  /** `tmr@fmr=1e-2`, `d-prime`, `fisher-ratio` or `silhouette`. */
  readonly metric: string;
  readonly value: number;
}

/**
 * How well a network separates the test people, without any map: the true match rate at a false match rate of 1 % and d′ of probes against
 * the gallery, the Fisher ratio and the silhouette of the probes. Rows are about the training mean, as for maps.
 *
 * @throws as the measures do.
 */
export async function measureSeparation(
  encoder: string,
  { names, network }: Pick<PreparedStudy, "names" | "network">,
  { engine, signal }: Pick<StudyContext, "engine" | "signal">,
): Promise<SeparationValue[]> {
  const { probes, gallery, cloud } = await network(encoder);
  const rows = lessMean(probes, cloud.mean);
  const { probeIdentities, galleryIdentities } = names;
  const fmrs = [1e-2];
  const { evaluation } = await scoreRecognition(rows, lessMean(gallery, cloud.mean), labelScores(probeIdentities, galleryIdentities), {
    engine,
    signal,
    fmrs,
  });
  return [
    ...fmrs.map((fmr) => ({ metric: tmrMetric(fmr), value: tmrAtFmr(evaluation, fmr).tmr })),
    { metric: "d-prime", value: dPrime(evaluation) },
    { metric: "fisher-ratio", value: (await identityScatter(rows, probeIdentities, { engine, signal })).fisherRatio },
    { metric: "silhouette", value: (await silhouetteByIdentity(rows, probeIdentities, { engine, signal })).mean },
  ];
}
