// What a mapped network adds to the native one: score and feature fusion on the embedded pack, with gains by paired subject bootstrap.
//   npm run bench fusion [-- --write]
import { applyMap, computeCloud, findMapKind, normaliseRows, pairClouds, placeTargets } from "facebridge/align";
import { createRandom, takeRows } from "facebridge/core";
import { pickStudySet } from "facebridge/data";
import * as metrics from "facebridge/metrics";
import { openStudy, planStudy } from "facebridge/study";
import { table, writeRegion } from "./page.mjs";

const pairs = [
  ["face_openvino_0095", "face_esp_mbf"],
  ["face_esp_mbf", "face_mobileface_v2"],
];
const fmr = 1e-3;

export async function bench(args) {
  const context = await openStudy();
  const { engine } = context;
  const set = pickStudySet("cfp-fp", context.faceSets);
  const rows = [];
  for (const [source, target] of pairs) {
    const [from, to] = [await context.load(source, "cfp"), await context.load(target, "cfp")];
    const plan = planStudy({ ...set, items: to.items }, { ...set, items: to.items }, { seed: 0, overlap: context.overlap });
    const names = (part) => Array.from(part, (row) => to.items[row].identity);
    const take = (embeddings, part) => normaliseRows(takeRows(embeddings.embeddings, part));
    const train = { source: take(from, plan.train), target: take(to, plan.train) };
    const clouds = [
      await computeCloud(train.source, names(plan.train), { engine }),
      await computeCloud(train.target, names(plan.train), { engine }),
    ];
    const moments = await pairClouds(clouds[0], clouds[1], train, { engine });
    const tune = { source: take(from, plan.tune), target: take(to, plan.tune) };
    const map = await findMapKind("ridge").fit({ moments, train, trainIdentities: names(plan.train), tune, engine });
    const mapped = (part) => applyMap(map, take(from, part), { engine });
    const native = (part) => placeTargets(map, take(to, part), { engine });
    const own = (part) => {
      const { rows: count, columns, data } = take(from, part);
      return { rows: count, columns, data: data.map((value, k) => value - clouds[0].mean[k % columns]) };
    };

    // Tuned as it is tested: the first frontal image of each person enrolled, profiles searched.
    const isFirst = (row) => to.items[row].pose === "frontal" && to.items[row - 1]?.identity !== to.items[row].identity;
    const [enrolled, searched] = [plan.tune.filter(isFirst), plan.tune.filter((row) => to.items[row].pose === "profile")];
    const tuneLabels = metrics.labelScores(names(searched), names(enrolled));
    const tuned = await Promise.all(
      [native, mapped].map(async (rowsOf) => scored(await rowsOf(searched), await native(enrolled), tuneLabels, engine)),
    );
    const scales = tuned.map(({ pairs: seen }) => metrics.scaleOf(seen));
    const normal = tuned.map(({ pairs: seen }, i) => metrics.normaliseScores(seen, scales[i]));
    const { weight } = metrics.tuneFusion(normal[0], normal[1]);
    const weights = [(1 - weight) / scales[0].deviation, weight / scales[1].deviation];

    const gallery = await native(plan.gallery);
    const [probes, guests] = [await native(plan.probes), await mapped(plan.probes)];
    const labels = metrics.labelScores(names(plan.probes), names(plan.gallery));
    const both = (parts, given) => metrics.concatenateRows(parts, given);
    const systems = {
      native: await scored(probes, gallery, labels, engine),
      mapped: await scored(guests, gallery, labels, engine),
      "mean of cosines": await scored(both([probes, guests]), both([gallery, gallery]), labels, engine),
      [`z-normalised, weight ${weight.toFixed(2)} tuned`]: await scored(
        both([probes, guests], weights),
        both([gallery, gallery], weights),
        labels,
        engine,
      ),
      "mean of unit rows": await scored(metrics.averageRows([probes, guests]), gallery, labels, engine),
      "both networks enrolled": await scored(both([probes, own(plan.probes)]), both([gallery, own(plan.gallery)]), labels, engine),
    };
    for (const [name, system] of Object.entries(systems)) {
      const point = await metrics.tmrAtFmrInterval(system.pairs, fmr, { random: createRandom(1) });
      const gain = (statisticOf) => gainOf(statisticOf(system), statisticOf(systems.native));
      rows.push([
        `\`${source}\` → \`${target}\``,
        name,
        (100 * metrics.rankAtK(system.ranks, 1)).toFixed(2),
        `${(100 * point.rate).toFixed(2)} [${(100 * point.low).toFixed(1)}, ${(100 * point.high).toFixed(1)}]`,
        name === "native" ? "" : await gain(({ ranks }) => metrics.rankStatistic(ranks, 1)),
        name === "native" ? "" : await gain(({ pairs: seen }) => metrics.tmrAtFmrStatistic(seen, fmr)),
      ]);
    }
  }
  const lines = table(
    ["mapped → native", "system", "Rank-1, %", "TMR at 0.1 % FMR, %", "gain in Rank-1, points", "gain in TMR, points"],
    rows,
  );
  console.log(lines.join("\n"));
  if (args.includes("--write")) await writeRegion("fusion", lines);
  console.log(
    JSON.stringify({ bench: "fusion", engine: engine.name, ratios: {}, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

async function scored(probes, gallery, labels, engine) {
  const collector = metrics.collectPairs(labels);
  const counter = metrics.countRanks(labels);
  await metrics.scoreBlocks(probes, gallery, [collector, counter], { engine });
  return { pairs: collector.pairs(), ranks: counter.ranks() };
}

async function gainOf(system, native) {
  const drawn = await metrics.bootstrapSubjects(metrics.differenceStatistic(system, native), { random: createRandom(2) });
  const { low, high } = metrics.percentileInterval(drawn);
  const points = (share) => `${share >= 0 ? "+" : "−"}${Math.abs(100 * share).toFixed(2)}`;
  return `${points(drawn.estimate)} [${points(low)}, ${points(high)}]`;
}
