import { ValueError } from "../core/errors.js";

/**
 * What guessing reaches: rank-k = k / gallery size, AUC = EER = 1/2, TMR = FMR.
 *
 * For scores that know nothing of who is who and do not tie, and a gallery with one template of each person, every probe's among them.
 *
 * @param metric a metric's name in a result row, such as `rank1` or `tmr@fmr=1e-2`.
 * @throws ValueError when the metric is none of these, or the gallery is empty.
 */
export function chanceOf(metric: string, gallerySize: number): number {
  if (!(Number.isInteger(gallerySize) && gallerySize >= 1)) {
    throw new ValueError(`chanceOf: gallerySize is ${gallerySize}; chance needs a gallery of at least 1`);
  }
  const rank = /^rank([1-9]\d*)$/.exec(metric);
  if (rank !== null) return Math.min(1, Number(rank[1]) / gallerySize);
  if (metric === "auc" || metric === "eer") return 0.5;
  const fmr = Number(/^tmr@fmr=(.+)$/.exec(metric)?.[1]);
  if (fmr > 0 && fmr < 1) return fmr;
  throw new ValueError(`chanceOf: the metric is "${metric}"; name rank<k>, auc, eer, or tmr@fmr=<rate>, whose chance is known`);
}
