// Alignment maps: ours with both engines beside scikit-learn, as a script uses it, and NumPy by hand. Parts, all by default:
// pairs (every ordered pair of six networks), sweep (fractions of the training people), wide (1,024 and 1,280 dimensions), scaling (rows on disk).
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createRandom, permutation } from "facebridge/core";
import { chooseEngine } from "facebridge/linalg";
import { imagesPerPerson, makeClouds } from "./maps-clouds.mjs";
import { benchOpenblas, benchPython } from "./python.mjs";

const train = 6000;
const test = 1500;
const width = 512;
const networkCount = 6;
const rounds = 2;
/** 20 penalties as shares of the mean eigenvalue, two a decade. */
const ratios = Array.from({ length: 20 }, (_, i) => 10 ** (i / 2 - 8));
const fractions = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.7, 1];
const seeds = [0, 1, 2];
const rowCounts = [1e4, 1e5, 1e6];
/** Maps of the two sides are the same when no weight differs by more than this share of the largest. */
const sameWithin = 1e-8;
const parts = { pairs, sweep, wide, scaling };

export async function bench(names) {
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined) throw new Error(`bench maps: got the part "${unknown}"; give some of ${Object.keys(parts).join(", ")}`);
  const scratch = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const found = { ratios: {}, peakMiB: 0 };
  console.log(
    `${availableParallelism()} threads; times are of the work on rows in memory, without starting the process (ours starts threads for the pairs, which counts) and without writing the maps`,
  );
  try {
    for (const name of names.length > 0 ? names : Object.keys(parts)) await parts[name](scratch, found);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  console.log(JSON.stringify({ bench: "maps", engine: "onnx", ratios: found.ratios, peakMiB: Math.round(found.peakMiB) }));
}

/** Every ordered pair: three maps, then CMC and ROC of each on the test part. */
async function pairs(scratch, found) {
  const job = {
    part: "pairs",
    train,
    imagesPerPerson,
    ratios,
    networks: await writeClouds(scratch, new Array(networkCount).fill(width), train + test),
  };
  const all = [];
  for (let one = 0; one < networkCount; one++)
    for (let other = one + 1; other < networkCount; other++) all.push([one, other], [other, one]);
  const some = Array.from({ length: networkCount / 2 }, (_, i) => [2 * i, 2 * i + 1]);
  console.log(
    `\npairs: ${networkCount} networks, ${all.length} ordered pairs, n = ${train}, d = ${width}, ${ratios.length} λ by leave-one-out, ${test} test rows`,
  );
  const peers = {
    spectral: { job: { ...job, peer: "spectral", pairs: all } },
    shared: { job: { ...job, peer: "shared", pairs: all } },
    script: { job: { ...job, peer: "script", pairs: some }, scale: all.length / some.length },
  };
  compareSides(scratch, found, { job, peers, part: "pairs", label: `scikit-learn on ${some.length} of ${all.length} pairs, scaled` });
}

/** One pair, nested fractions of the training people in several orders; λ is chosen anew each time. */
async function sweep(scratch, found) {
  const networks = await writeClouds(scratch, [width, width], train);
  const orders = seeds.map((seed) => {
    const people = permutation(train / imagesPerPerson, createRandom(seed));
    return Array.from(people).flatMap((who) => Array.from({ length: imagesPerPerson }, (_, i) => who * imagesPerPerson + i));
  });
  const job = { part: "sweep", imagesPerPerson, ratios, networks, orders, counts: fractions.map((share) => share * train) };
  console.log(
    `\nsweep: one pair, ${fractions.length} nested fractions from ${job.counts[0]} to ${train} rows, ${seeds.length} orders, d = ${width}, ${ratios.length} λ by leave-one-out`,
  );
  const peers = {
    spectral: { job: { ...job, peer: "spectral" } },
    shared: { job: { ...job, peer: "shared" } },
    script: { job: { ...job, peer: "script", orders: orders.slice(0, 1) }, scale: seeds.length },
  };
  compareSides(scratch, found, { job, peers, part: "sweep", label: `scikit-learn on 1 of ${seeds.length} orders, scaled` });
}

/** Both directions of a pair wider than faces have, with the default engine. */
async function wide(scratch, found) {
  const widths = [1024, 1280];
  const networks = await writeClouds(scratch, widths, train);
  const run = runOurs(scratch, {
    part: "wide",
    imagesPerPerson,
    ratios,
    networks,
    pairs: [
      [0, 1],
      [1, 0],
    ],
    engine: "onnx",
  });
  console.log(`\nwide: n = ${train}, all three maps from the rows on, engine onnx`);
  console.table(
    [`${widths[0]} → ${widths[1]}`, `${widths[1]} → ${widths[0]}`].map((pair, i) => ({ pair, "time, s": run.seconds[i].toFixed(1) })),
  );
  found.peakMiB = Math.max(found.peakMiB, run.peakMiB);
}

/** Rows streamed from disk, read twice: moments, then the maps that need no row again. */
async function scaling(scratch, found) {
  const { bavail, bsize } = statfsSync(scratch);
  const counts = rowCounts.filter((count) => 4 * count * width < 0.9 * bavail * bsize);
  const file = path.join(scratch, "rows");
  await writeRows(file, Math.max(...counts));
  console.log(`\nscaling: n rows of d = ${width} from a file, both sides from the same; least squares, ridge and Procrustes, engine onnx`);
  if (counts.length < rowCounts.length)
    console.log(`left out for want of space in ${tmpdir()}: ${rowCounts.filter((n) => !counts.includes(n)).join(", ")} rows`);
  const rows = counts.map((count) => {
    const run = runOurs(scratch, { part: "scaling", imagesPerPerson, count, networks: [{ file, width }], engine: "onnx" });
    found.peakMiB = Math.max(found.peakMiB, run.peakMiB);
    return {
      n: count,
      "time, s": run.seconds[0].toFixed(1),
      "µs a row": ((1e6 * run.seconds[0]) / count).toFixed(0),
      "peak, MiB": Math.round(run.peakMiB),
    };
  });
  rmSync(file);
  console.table(rows);
}

/** Run ours and the peers in turns, compare their maps, and print times and ratios. */
function compareSides(scratch, found, { job, peers, part, label }) {
  const times = { onnx: [], openblas: [], spectral: [], shared: [], script: [] };
  const runs = {};
  const keep = (side, run, scale = 1) => {
    runs[side] = run;
    times[side].push(scale * run.seconds.reduce((sum, value) => sum + value, 0));
  };
  for (let round = 0; round < rounds; round++) {
    keep("openblas", runOurs(scratch, { ...job, engine: "openblas", out: "openblas" }));
    keep("shared", runPeer(scratch, { ...peers.shared.job, out: "shared" }));
    keep("onnx", runOurs(scratch, { ...job, engine: "onnx", out: "onnx" }));
    keep("spectral", runPeer(scratch, { ...peers.spectral.job, out: "spectral" }));
    if (round === 0) keep("script", runPeer(scratch, { ...peers.script.job, out: "script" }), peers.script.scale);
  }
  const names = {
    onnx: "ours, onnx",
    openblas: "ours, openblas",
    spectral: "NumPy by hand",
    shared: "NumPy, our sums",
    script: "scikit-learn",
  };
  const best = Object.fromEntries(Object.entries(times).map(([side, seconds]) => [side, Math.min(...seconds)]));
  console.table(
    Object.keys(names).map((side) => ({
      side: names[side],
      "time, s": best[side].toFixed(1),
      "scikit-learn / it": (best.script / best[side]).toFixed(2),
      "NumPy by hand / it": (best.spectral / best[side]).toFixed(2),
      "NumPy, our sums / it": (best.shared / best[side]).toFixed(2),
      "peak, MiB": Math.round(runs[side].peakMiB),
    })),
  );
  console.log(`best of ${rounds} rounds in turns; ${label}`);
  for (const engine of ["onnx", "openblas"]) {
    for (const peer of ["script", "spectral", "shared"]) {
      found.ratios[`${names[peer]}, ${part}${engine === "onnx" ? "" : ", openblas"}`] = Number((best[peer] / best[engine]).toFixed(2));
      console.log(`${names[engine]} and ${names[peer]}: ${describeDifference(scratch, runs, engine, peer)}`);
    }
    found.peakMiB = Math.max(found.peakMiB, runs[engine].peakMiB);
  }
}

/** How far the maps of two sides, and what they reach, are apart. */
function describeDifference(scratch, runs, one, other) {
  const byName = new Map(runs[one].results.map((result) => [result.name, result]));
  let [count, widest, differing, rank1, auc] = [0, 0, 0, 0, 0];
  for (const theirs of runs[other].results) {
    if (other === "script" && isUndetermined(theirs.name)) continue;
    const ours = byName.get(theirs.name);
    const [left, right] = [one, other].map((side) => readDoubles(path.join(scratch, side, `${theirs.name}.f64`)));
    let [difference, largest] = [left.length === right.length ? 0 : Infinity, 0];
    for (let k = 0; k < right.length; k++) {
      difference = Math.max(difference, Math.abs(left[k] - right[k]));
      largest = Math.max(largest, Math.abs(right[k]));
    }
    count++;
    widest = Math.max(widest, difference / largest);
    if (theirs.lambda !== null && !(Math.abs(ours.lambda / theirs.lambda - 1) < sameWithin)) differing++;
    if ("rank1" in theirs)
      [rank1, auc] = [Math.max(rank1, Math.abs(ours.rank1 - theirs.rank1)), Math.max(auc, Math.abs(ours.auc - theirs.auc))];
  }
  const same = widest <= sameWithin && differing === 0;
  if (!same) process.exitCode = 1;
  const tested = rank1 + auc > 0 ? `, rank-1 within ${rank1.toExponential(0)}, AUC within ${auc.toExponential(0)}` : "";
  return `${count} maps ${same ? "are the same" : "ARE NOT THE SAME"}: weights within ${widest.toExponential(1)} of the largest, ${differing} other choices of λ${tested}`;
}

/** With fewer rows than columns SciPy completes the rotation at random where the rows say nothing, and ours is zero there. */
function isUndetermined(name) {
  const found = /^sweep-\d+-(\d+)-procrustes$/.exec(name);
  return found !== null && Number(found[1]) <= width;
}

function runOurs(scratch, job) {
  const environment = { FACEBRIDGE_OPENBLAS: benchOpenblas(), ...process.env };
  return run(scratch, process.execPath, "./maps-job.mjs", job, environment);
}

function runPeer(scratch, job) {
  return run(scratch, benchPython(), "./maps_peer.py", job, process.env);
}

function run(scratch, command, script, job, environment) {
  const out = job.out === undefined ? undefined : path.join(scratch, job.out);
  if (out !== undefined) mkdirSync(out, { recursive: true });
  const file = path.join(scratch, "job.json");
  writeFileSync(file, JSON.stringify({ ...job, out }));
  const stdio = ["ignore", "pipe", "inherit"];
  const printed = execFileSync(command, [fileURLToPath(new URL(script, import.meta.url)), file], {
    encoding: "utf8",
    maxBuffer: 1e8,
    stdio,
    env: environment,
  });
  return JSON.parse(printed.trim().split("\n").at(-1));
}

async function writeClouds(scratch, widths, count) {
  const clouds = await makeClouds({ seed: 0, count, widths }, await chooseEngine());
  return clouds.map(({ data, columns }, i) => {
    const file = path.join(scratch, `network-${i}.f32`);
    writeFileSync(file, data);
    return { file, width: columns };
  });
}

/** Some thousand unit rows again and again, noise on each value, never the same row twice. */
async function writeRows(file, count) {
  const [base] = await makeClouds({ seed: 1, count: 8192, widths: [width] }, await chooseEngine());
  const handle = openSync(file, "w");
  const block = new Float32Array(base.data.length);
  let state = 1;
  for (let first = 0; first < count; first += base.rows) {
    for (let k = 0; k < block.length; k++) {
      state = (Math.imul(1664525, state) + 1013904223) | 0;
      block[k] = base.data[k] + state * 2e-11;
    }
    writeSync(handle, block.subarray(0, Math.min(base.rows, count - first) * width));
  }
  closeSync(handle);
}

function readDoubles(file) {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
