// One side's part of a bench of maps, in a process of its own: maps-job.mjs JOB.json -> weights in files, one line of JSON.
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { computeMoments, fitLeastSquares, fitProcrustes, fitRidge, streamMoments } from "facebridge/align";
import { matrix32 } from "facebridge/core";
import { chooseEngine } from "facebridge/linalg";
import { collectAtOnce } from "../dist/core/collect-at-once.js";
import { runOnWorkers } from "../dist/core/worker-pool.js";
import { forbidTelemetry } from "../dist/linalg/load-onnx.js";
import { nameOf, peopleOf, range, threeMaps } from "./maps-three.mjs";

collectAtOnce(); // as the commands do
const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const engine = await chooseEngine(job.engine);
const people = (rows) => peopleOf(rows, job);
const fits = { ratios: job.ratios, engine };

const results = [];
/** Of each piece of work. */
const seconds = [];

/** Writing is not timed: `work` gives what is to be kept, and this keeps it. */
async function timed(work) {
  const start = performance.now();
  const kept = await work();
  seconds.push((performance.now() - start) / 1000);
  for (const { name, weights, ...rest } of kept) {
    if (job.out !== undefined) writeFileSync(path.join(job.out, `${name}.f64`), weights);
    results.push({ name, ...rest });
  }
}

/** In memory that threads share. */
function readCloud({ file, width }) {
  const data = new Float32Array(new SharedArrayBuffer(statSync(file).size));
  const handle = openSync(file);
  readSync(handle, data);
  closeSync(handle);
  return matrix32(data.length / width, width, data);
}

/** All ordered pairs, each thread with sources of its own, with CMC and ROC of each map on the test part. */
async function pairs() {
  const clouds = job.networks.map(readCloud);
  const count = Math.min(availableParallelism(), clouds.length);
  const sources = Array.from({ length: count }, (_, worker) => [...clouds.keys()].filter((number) => number % count === worker));
  const left = sources.map((own) => [...own]);
  await onThreads("./maps-source.mjs", { count, clouds }, (worker) =>
    left[worker].length > 0 ? { source: left[worker].shift(), sources: sources[worker] } : null,
  );
}

/** Nested fractions of the training people in several orders, each thread with the next one. */
async function sweep() {
  const left = job.orders.flatMap((_, seed) => job.counts.map((count) => ({ seed, count })));
  await onThreads("./maps-orders.mjs", { count: availableParallelism(), clouds: job.networks.map(readCloud) }, () => left.shift() ?? null);
}

/** On worker threads, as studies are. */
function onThreads(script, { count, clouds }, next) {
  return timed(async () => {
    const kept = [];
    forbidTelemetry();
    await engine.onThreads((shared) =>
      runOnWorkers(new URL(script, import.meta.url), {
        count,
        workerData: { job, clouds, shared },
        next,
        onReport: (report) => void kept.push(...report),
        advice: "run the bench again",
      }),
    );
    return kept;
  });
}

/** Both directions of each pair, from the rows on. */
async function wide() {
  const clouds = job.networks.map(readCloud);
  const names = people(range(0, clouds[0].rows));
  for (const [source, target] of job.pairs) {
    const rows = { source: clouds[source], target: clouds[target] };
    await timed(async () => {
      const moments = await computeMoments(rows.source, rows.target, names, { engine });
      return (await threeMaps(moments, rows, fits)).map((map) => ({ name: nameOf(source, target, map), weights: map.weights.data }));
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
        yield { source, target: mixed(source), identities: people(range(first, first + rows)) };
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
    return maps.map((map) => ({ name: map.name, weights: map.weights.data, trainResidual: map.trainResidual }));
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
