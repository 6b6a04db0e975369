// One side of the recognition bench, in a process of its own so that its peak memory is its own.
import { readFileSync } from "node:fs";
import { matrix32 } from "facebridge/core";
import { chooseEngine } from "facebridge/linalg";
import { auc, aucInterval, cmc, eer, labelScores, scoreRecognition, tmrAtFmr } from "facebridge/metrics";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const rowsOf = (file, rows) => {
  const bytes = readFileSync(file);
  return matrix32(rows, job.width, new Float32Array(bytes.buffer, bytes.byteOffset, rows * job.width));
};
const probes = rowsOf(job.probeFile, job.probes);
const gallery = rowsOf(job.galleryFile, job.templates);
const labels = labelScores(job.probeSubjects.map(String), job.gallerySubjects.map(String));
const engine = await chooseEngine();

const start = performance.now();
const before = process.cpuUsage();
const { ranks, evaluation, pairs } = await scoreRecognition(probes, gallery, labels, { engine, fmrs: job.fmrs });
const curve = cmc(ranks);
const found = {
  rank1: curve[0],
  rank10: curve[9],
  auc: auc(evaluation),
  eer: eer(evaluation),
  tmr: job.fmrs.map((fmr) => tmrAtFmr(evaluation, fmr).tmr),
};
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
const processorSeconds = (user + system) / 1e6;
const { low, high } = aucInterval(evaluation, pairs);
console.log(
  JSON.stringify({
    seconds,
    processorSeconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    rowsMiB: (probes.data.byteLength + gallery.data.byteLength) / 2 ** 20,
    engine: engine.name,
    ...found,
    aucInterval: [low, high],
  }),
);
