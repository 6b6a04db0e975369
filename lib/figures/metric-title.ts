const titles: Readonly<Record<string, string>> = {
  auc: "AUC",
  eer: "EER",
  linkability: "Linkability",
  "d-prime": "d′",
  "fisher-ratio": "Fisher ratio",
  silhouette: "Silhouette",
  cka: "CKA",
  "cka-debiased": "Debiased CKA",
  procrustes: "Procrustes similarity",
  cca: "CCA",
  svcca: "SVCCA",
  "mutual-knn": "Mutual nearest neighbours",
};

/**
 * What a metric of a result row, or a measure of similarity, is called in figures and tables: "Rank-1" for `rank1`, "TMR at FMR 1 %" for
 * `tmr@fmr=1e-2`, "Success at FMR 1 %" for `sar@fmr=1e-2`, "Rank-1 kept" for `rank1 retention`, "Gain in Rank-1" for `rank1 gain`.
 *
 * @returns the name itself when it has no other.
 */
export function metricTitle(metric: string): string {
  const derived = /^(?<of>.+) (?<how>retention|gain)$/.exec(metric)?.groups;
  if (derived) return derived.how === "gain" ? `Gain in ${metricTitle(derived.of)}` : `${metricTitle(derived.of)} kept`;
  const rate = /^(?<kind>tmr|sar)@fmr=(?<fmr>.+)$/.exec(metric)?.groups;
  if (rate) return `${rate.kind === "tmr" ? "TMR" : "Success"} at FMR ${Number((100 * Number(rate.fmr)).toPrecision(6))} %`;
  if (Object.hasOwn(titles, metric)) return titles[metric];
  return metric.replace(/^rank(\d+)$/, "Rank-$1");
}
