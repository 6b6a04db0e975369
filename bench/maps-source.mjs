// On a worker thread of the bench of maps: a source and all its targets; a thread keeps what pairs have in common.
import { workerData } from "node:worker_threads";
import { applyMap, computeCloud, pairClouds, placeTargets, reverseMoments } from "facebridge/align";
import { matrix32, takeRows } from "facebridge/core";
import { openThreadEngine } from "facebridge/linalg";
import { auc, cmc, labelScores, roc, scoreRecognition } from "facebridge/metrics";
import { serveTasks } from "../dist/core/worker-tasks.js";
import { nameOf, peopleOf, range, threeMaps } from "./maps-three.mjs";

const { job, clouds, shared } = workerData;
const testRows = Array.from(range(job.train, clouds[0].rows));
const galleryRows = testRows.filter((row) => row % job.imagesPerPerson === 0);
const probeRows = testRows.filter((row) => row % job.imagesPerPerson !== 0);
const people = (rows) => peopleOf(rows, job);
const labels = labelScores(people(probeRows), people(galleryRows));

serveTasks(async () => {
  const engine = await openThreadEngine(shared);
  const networks = clouds.map((cloud) => ({
    train: matrix32(job.train, cloud.columns, cloud.data.subarray(0, job.train * cloud.columns)),
    probes: takeRows(cloud, probeRows),
    gallery: takeRows(cloud, galleryRows),
  }));
  const moments = new Map();
  const momentsOf = async (number) => {
    const known = moments.get(number) ?? (await computeCloud(networks[number].train, people(range(0, job.train)), { engine }));
    moments.set(number, known);
    return known;
  };
  /** Of pairs whose other direction is this thread's too and still to come. */
  const waiting = new Map();
  const momentsOfPair = async (source, target, rows, sources) => {
    const known = waiting.get(target)?.get(source);
    waiting.get(target)?.delete(source);
    if (known !== undefined) return reverseMoments(known);
    const own = await pairClouds(await momentsOf(source), await momentsOf(target), rows, { engine });
    if (sources.includes(target)) waiting.set(source, (waiting.get(source) ?? new Map()).set(target, own));
    return own;
  };
  const test = async (map, source, target) => {
    const mapped = await applyMap(map, networks[source].probes, { engine });
    const placed = await placeTargets(map, networks[target].gallery, { engine });
    const { ranks, evaluation } = await scoreRecognition(mapped, placed, labels, { engine });
    const reached = { rank1: cmc(ranks)[0], auc: auc(evaluation), vertices: roc(evaluation).length };
    return { name: nameOf(source, target, map), weights: map.weights.data, lambda: map.lambda, ...reached };
  };
  return async ({ source, sources }) => {
    const kept = [];
    const own = { ...networks[source].train }; // what is kept as long as these rows goes when the source is done
    for (const target of networks.keys()) {
      if (target === source) continue;
      const rows = { source: own, target: networks[target].train };
      const maps = await threeMaps(await momentsOfPair(source, target, rows, sources), rows, { ratios: job.ratios, engine });
      for (const map of maps) kept.push(await test(map, source, target));
    }
    return kept;
  };
});
