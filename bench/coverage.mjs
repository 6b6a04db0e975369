// How often 95 % intervals hold the truth: scores with known rates, where comparisons that share a subject depend on each other.
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRandom } from "facebridge/core";
import * as metrics from "facebridge/metrics";
import { table, writeRegion } from "./page.mjs";

const fmr = 0.01;
/** Where more would take too long. */
const fewer = { replicateCount: 300 };

/** Standard deviations: of a subject's effect on all its scores, of how well a subject is recognised, of an image, of a pair of subjects. */
const scenarios = [
  { name: "subjects differ", subjects: 80, probesEach: 3, all: false, effect: 0.4, own: 0.5, image: 0.3, pair: 0.3, shifts: [3, 2.7] },
  { name: "images differ", subjects: 80, probesEach: 3, all: false, effect: 0.1, own: 0.2, image: 0.3, pair: 0, shifts: [2.6, 2.4] },
  { name: "all pairs", subjects: 50, probesEach: 3, all: true, effect: 0.4, own: 0.5, image: 0.3, pair: 0.3, shifts: [3, 2.7] },
  {
    name: "few, nearly perfect",
    subjects: 40,
    probesEach: 3,
    all: false,
    effect: 0.4,
    own: 0.5,
    image: 0.3,
    pair: 0.3,
    shifts: [5, 4.6],
    slow: true,
  },
];

/** Each scenario in a process of its own; `--write` puts the table on the page, and `--simulations n` makes another number of them. */
export async function bench(args) {
  const simulationCount = args.includes("--simulations") ? Number(args[args.indexOf("--simulations") + 1]) : 1000;
  const results = await Promise.all(scenarios.map((_, place) => inOwnProcess(place, simulationCount)));
  const share = (seen) => (seen === undefined ? "" : (100 * (1 - (seen.low + seen.high) / simulationCount)).toFixed(1));
  const names = [...new Set(results.flatMap((held) => Object.keys(held)))];
  const lines = table(
    ["95 % interval", ...scenarios.map(({ name }) => name)],
    names.map((name) => [name, ...results.map((held) => share(held[name]))]),
  );
  console.log(lines.join("\n"));
  if (args.includes("--write")) await writeRegion("coverage", [`Share of ${simulationCount} simulations, in %:`, "", ...lines]);
  console.log(
    JSON.stringify({ bench: "coverage", engine: "none", ratios: {}, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

function inOwnProcess(place, simulationCount) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [String(place), String(simulationCount)]);
    let found = null;
    child.on("message", (held) => {
      found = held;
    });
    child.on("exit", (code) => {
      if (code === 0 && found !== null) resolve(found);
      else reject(new Error(`coverage: the simulations of "${scenarios[place].name}" ended with ${code}`));
    });
  });
}

async function simulateScenario(place, simulationCount) {
  const held = {};
  for (let run = 0; run < simulationCount; run++) {
    for (const [name, truth, interval] of await intervalsOf(scenarios[place], createRandom(1_000_000 * (place + 1) + run))) {
      const seen = (held[name] ??= { low: 0, high: 0 });
      if (truth < interval.low) seen.low++;
      if (truth > interval.high) seen.high++;
    }
    if ((run + 1) % 50 === 0) {
      console.log(`${scenarios[place].name}: ${run + 1} of ${simulationCount}`);
      const folder = new URL("../.cache/", import.meta.url);
      mkdirSync(folder, { recursive: true });
      writeFileSync(new URL(`coverage-${place}.json`, folder), JSON.stringify({ runs: run + 1, held }));
    }
  }
  process.send(held);
}

async function intervalsOf(scenario, random) {
  const labels = labelsOf(scenario);
  const [first, second] = simulate(scenario, labels, random);
  const truth = truthOf(scenario, scenario.shifts[0]);
  const less = truthOf(scenario, scenario.shifts[1]);
  const { pairs } = first;
  const bootstrap = async (statistic, more) => [statistic, await metrics.bootstrapSubjects(statistic, { random, ...more })];
  const percentile = ([, drawn]) => metrics.percentileInterval(drawn);
  const bca = ([statistic, drawn]) => metrics.bcaInterval(statistic, drawn);
  const gap = (statisticOf, more) => bootstrap(metrics.differenceStatistic(statisticOf(first), statisticOf(second)), more);
  const seen = metrics.verification(pairs.mated, pairs.nonMated);
  const tmr = ({ pairs: own }) => metrics.tmrAtFmrStatistic(own, fmr);
  const rate = await bootstrap(tmr(first), scenario.slow ? {} : fewer);
  const rateGap = await gap(tmr, scenario.slow ? { replicateCount: 600 } : fewer);
  const found = [
    ["TMR at a given threshold: `tmrInterval`", truth.tmr, metrics.tmrInterval(pairs, truth.threshold)],
    ["FMR at a given threshold: `fmrInterval`", fmr, metrics.fmrInterval(pairs, truth.threshold)],
    ["TMR at 1 % FMR: `tmrAtFmrInterval`", truth.tmr, await metrics.tmrAtFmrInterval(pairs, fmr, { random, ...fewer })],
    ["TMR at 1 % FMR: percentiles", truth.tmr, percentile(rate)],
    ["TMR at 1 % FMR: `bcaInterval`", truth.tmr, bca(rate)],
    ["TMR at 1 % FMR, threshold taken as given", truth.tmr, metrics.tmrInterval(pairs, metrics.tmrAtFmr(seen, fmr).threshold)],
    ["Difference in TMR at 1 % FMR: percentiles", truth.tmr - less.tmr, percentile(rateGap)],
    ["Difference in TMR at 1 % FMR: `bcaInterval`", truth.tmr - less.tmr, bca(rateGap)],
    ["AUC: `aucInterval`", truth.auc, metrics.aucInterval(seen, pairs)],
    ["EER: `eerInterval`", truth.eer, metrics.eerInterval(seen, pairs)],
  ];
  if (scenario.slow) {
    const area = await bootstrap(metrics.aucStatistic(pairs), fewer);
    const errors = await bootstrap(metrics.eerStatistic(pairs), fewer);
    const areaGap = await gap(({ pairs: own }) => metrics.aucStatistic(own), fewer);
    found.push(
      ["AUC: percentiles", truth.auc, percentile(area)],
      ["AUC: `bcaInterval`", truth.auc, bca(area)],
      ["EER: percentiles", truth.eer, percentile(errors)],
      ["EER: `bcaInterval`", truth.eer, bca(errors)],
      ["Difference in AUC: percentiles", truth.auc - less.auc, percentile(areaGap)],
      ["Difference in AUC: `bcaInterval`", truth.auc - less.auc, bca(areaGap)],
    );
  }
  if (!scenario.all) {
    found.unshift(["Rank-1: `rankInterval`", truth.rank1, metrics.rankInterval(first.ranks, 1)]);
    const rankGap = await gap(({ ranks }) => metrics.rankStatistic(ranks, 1), scenario.slow ? {} : fewer);
    found.push(["Difference in Rank-1: percentiles", truth.rank1 - less.rank1, percentile(rankGap)]);
    found.push(["Difference in Rank-1: `bcaInterval`", truth.rank1 - less.rank1, bca(rankGap)]);
  }
  return found;
}

function labelsOf({ subjects, probesEach, all }) {
  const names = (each) => Array.from({ length: subjects * each }, (_, i) => `p${Math.floor(i / each)}`);
  return all ? metrics.labelAllPairs(names(probesEach)) : metrics.labelScores(names(probesEach), names(1));
}

/** Two systems on the same subjects, with effects that agree at a correlation of .7; noise of unit variance of their own. */
function simulate({ effect, own, image, pair, all, shifts }, labels, random) {
  const { probes, gallery, subjectCount } = labels;
  const normals = (count) => Float64Array.from({ length: count }, () => random.normal());
  const mixed = (shared) => {
    const fresh = normals(shared.length);
    return shared.map((value, i) => 0.7 * value + Math.sqrt(1 - 0.49) * fresh[i]);
  };
  const shared = [normals(subjectCount), normals(subjectCount), normals(probes.length), normals(subjectCount ** 2)];
  return shifts.map((shift, system) => {
    const [effects, owns, images, dyads] = system === 0 ? shared : shared.map(mixed);
    const collector = metrics.collectPairs(labels);
    const counter = all ? null : metrics.countRanks(labels);
    for (let p = 0; p < probes.length; p++) {
      const i = probes[p];
      const data = Float32Array.from(gallery, (j, q) => {
        const dyad = i < j ? i * subjectCount + j : j * subjectCount + i;
        // In all pairs both images have an effect; the gallery's in the other layout is part of its subject's.
        const imageEffect = image * (images[p] + (all ? images[q] : 0));
        return effect * (effects[i] + effects[j]) + imageEffect + (i === j ? shift + own * owns[i] : pair * dyads[dyad]) + random.normal();
      });
      const block = { firstProbe: p, scores: { rows: 1, columns: gallery.length, data } };
      collector.add(block);
      counter?.add(block);
    }
    return { pairs: collector.pairs(), ranks: counter?.ranks() };
  });
}

/** Rates in the population that subjects are drawn from. */
function truthOf({ subjects, effect, own, image, pair, all }, shift) {
  const images = (all ? 2 : 1) * image ** 2;
  const mated = Math.sqrt(4 * effect ** 2 + own ** 2 + images + 1);
  const nonMated = Math.sqrt(2 * effect ** 2 + pair ** 2 + images + 1);
  const threshold = nonMated * -quantile(fmr);
  // Of a probe's scores its own effects drop out of the comparison with its mate.
  const [mate, other] = [Math.sqrt(effect ** 2 + own ** 2 + 1), Math.sqrt(effect ** 2 + pair ** 2 + 1)];
  let rank1 = 0;
  const steps = 4000;
  for (let k = 0; k < steps; k++) {
    const z = -8 + (16 * (k + 0.5)) / steps;
    rank1 += ((16 / steps) * Math.exp((-z * z) / 2) * normal((shift + mate * z) / other) ** (subjects - 1)) / Math.sqrt(2 * Math.PI);
  }
  return {
    threshold,
    tmr: normal((shift - threshold) / mated),
    auc: normal(shift / Math.hypot(mated, nonMated)),
    eer: normal(-shift / (mated + nonMated)),
    rank1,
  };
}

function quantile(p) {
  let [low, high] = [-40, 40];
  for (let halving = 0; halving < 200; halving++) {
    const middle = (low + high) / 2;
    if (normal(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** The standard normal distribution function, by its power series about zero. */
function normal(z) {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) sum += term *= (z * z) / odd;
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url))
  await simulateScenario(Number(process.argv[2]), Number(process.argv[3]));
