// One side's part of a bench of maps, in a process of its own: maps-job.mjs JOB.json -> weights in files, one line of JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import {
  addMoments,
  applyMap,
  computeCloud,
  computeMoments,
  fitLeastSquares,
  fitProcrustes,
  fitRidge,
  fitRidgeLeaveOneOut,
  pairClouds,
  placeTargets,
  reverseMoments,
  streamMoments,
} from "facebridge/align";
import { matrix32, takeRows } from "facebridge/core";
import { chooseEngine } from "facebridge/linalg";
import { auc, cmc, labelScores, roc, scoreRecognition } from "facebridge/metrics";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const engine = await chooseEngine(job.engine);
const person = (row) => `made/${Math.floor(row / job.imagesPerPerson)}`;
const peopleOf = (rows) => Array.from(rows, person);
const range = (first, last) => Int32Array.from({ length: last - first }, (_, i) => first + i);

const results = [];
/** Of each piece of work. */
const seconds = [];

/** Writing is not timed: `work` gives what is to be kept, and this keeps it. */
async function timed(work) {
  const start = performance.now();
  const kept = await work();
  seconds.push((performance.now() - start) / 1000);
  for (const { name, map, ...rest } of kept) {
    if (job.out !== undefined) writeFileSync(path.join(job.out, `${name}.f64`), map.weights.data);
    results.push({ name, ...rest });
  }
}

function readCloud({ file, width }) {
  const bytes = readFileSync(file);
  return matrix32(bytes.length / 4 / width, width, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
}

async function threeMaps(moments, train) {
  const { map: ridge } = await fitRidgeLeaveOneOut(moments, train, { ratios: job.ratios, engine });
  return [await fitLeastSquares(moments, { engine }), ridge, await fitProcrustes(moments, { engine })];
}

const nameOf = (source, target, map) => `${source}-${target}-${map.name}`;

/** All ordered pairs, sums and decompositions shared, with CMC and ROC of each map on the test part. */
async function pairs() {
  const clouds = job.networks.map(readCloud);
  const train = clouds.map((cloud) => takeRows(cloud, range(0, job.train)));
  const testRows = Array.from(range(job.train, clouds[0].rows));
  const galleryRows = testRows.filter((row) => row % job.imagesPerPerson === 0);
  const probeRows = testRows.filter((row) => row % job.imagesPerPerson !== 0);
  const galleries = clouds.map((cloud) => takeRows(cloud, galleryRows));
  const probes = clouds.map((cloud) => takeRows(cloud, probeRows));
  const labels = labelScores(peopleOf(probeRows), peopleOf(galleryRows));
  const people = peopleOf(range(0, job.train));

  const test = async (map, source, target) => {
    const mapped = await applyMap(map, probes[source], { engine });
    const placed = await placeTargets(map, galleries[target], { engine });
    const { ranks, evaluation } = await scoreRecognition(mapped, placed, labels, { engine });
    return {
      name: nameOf(source, target, map),
      map,
      lambda: map.lambda,
      rank1: cmc(ranks)[0],
      auc: auc(evaluation),
      vertices: roc(evaluation).length,
    };
  };
  const moments = [];
  await timed(async () => {
    for (const rows of train) moments.push(await computeCloud(rows, people, { engine }));
    return [];
  });
  for (let one = 0; one < clouds.length; one++) {
    for (let other = one + 1; other < clouds.length; other++) {
      await timed(async () => {
        const forward = await pairClouds(moments[one], moments[other], { source: train[one], target: train[other] }, { engine });
        const kept = [];
        for (const [sums, source, target] of [
          [forward, one, other],
          [reverseMoments(forward), other, one],
        ]) {
          for (const map of await threeMaps(sums, { source: train[source], target: train[target] }))
            kept.push(await test(map, source, target));
        }
        return kept;
      });
    }
  }
}

/** Nested fractions of the training people in several orders. */
async function sweep() {
  const [source, target] = job.networks.map(readCloud);
  for (const [seed, order] of job.orders.entries()) {
    let sums = null;
    let taken = 0;
    for (const count of job.counts) {
      await timed(async () => {
        const part = (first) => {
          const rows = order.slice(first, count);
          return { source: takeRows(source, rows), target: takeRows(target, rows), people: peopleOf(rows) };
        };
        const whole = part(0);
        const added = sums === null || sums.source.rows !== null ? whole : part(taken);
        const own = await computeMoments(added.source, added.target, added.people, { engine });
        sums = added === whole ? own : addMoments(sums, own);
        taken = count;
        const maps = await threeMaps(sums, whole);
        return maps.map((map) => ({ name: nameOf(`sweep-${seed}`, count, map), map, lambda: map.lambda }));
      });
    }
  }
}

/** Both directions of each pair, from the rows on. */
async function wide() {
  const clouds = job.networks.map(readCloud);
  const people = peopleOf(range(0, clouds[0].rows));
  for (const [source, target] of job.pairs) {
    const rows = { source: clouds[source], target: clouds[target] };
    await timed(async () => {
      const moments = await computeMoments(rows.source, rows.target, people, { engine });
      return (await threeMaps(moments, rows)).map((map) => ({ name: nameOf(source, target, map), map }));
    });
  }
}

/** Rows from disk: sums, and the maps that need no row again. */
async function scaling() {
  const { file, width } = job.networks[0];
  async function* read() {
    const handle = await open(file);
    try {
      for (let first = 0; first < job.count; first += 1024) {
        const rows = Math.min(1024, job.count - first);
        const source = matrix32(rows, width);
        await handle.read(new Uint8Array(source.data.buffer), { position: 4 * first * width });
        yield { source, target: mixed(source), identities: peopleOf(range(first, first + rows)) };
      }
    } finally {
      await handle.close();
    }
  }
  await timed(async () => {
    const moments = await streamMoments(read, { engine });
    const maps = [
      await fitLeastSquares(moments, { engine }),
      await fitRidge(moments, { ratio: 0.1, engine }),
      await fitProcrustes(moments, { engine }),
    ];
    return maps.map((map) => ({ name: map.name, map, trainResidual: map.trainResidual }));
  });
}

/** The other side of a pair from one file: columns mixed two by two, and bent so that no linear map is exact. */
function mixed({ rows, columns, data }) {
  const turned = matrix32(rows, columns);
  for (let i = 0; i < rows; i++) {
    const begin = i * columns;
    const end = begin + columns - 1;
    for (let j = 0; j < columns; j++) {
      const value = data[end - j];
      turned.data[begin + j] = 0.8 * value + 0.6 * data[begin + j] + value * value;
    }
  }
  return turned;
}

await { pairs, sweep, wide, scaling }[job.part]();
console.log(JSON.stringify({ engine: engine.name, seconds, results, peakMiB: process.resourceUsage().maxRSS / 1024 }));
