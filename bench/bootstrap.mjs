// TMR at 1 % FMR on 2 M non-mated comparisons, 1,000 subject-bootstrap replicates: ours beside NumPy's, on the same scores, in turns.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "facebridge/core";
import { bootstrapSubjects, collectPairs, labelScores, percentileInterval, tmrAtFmrStatistic } from "facebridge/metrics";
import { benchPython } from "./python.mjs";

const subjectCount = 600;
const probesEach = 6;
const fmr = 0.01;
const replicateCount = 1000;
const rounds = 3;

export async function bench() {
  const pairs = simulate(createRandom(1));
  const folder = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const { labels } = pairs;
  for (const [name, values] of Object.entries({ mated: pairs.mated, nonMated: pairs.nonMated, matedSubjects: pairs.matedSubjects }))
    writeFileSync(path.join(folder, name), values);
  writeFileSync(path.join(folder, "probes"), labels.probes);
  writeFileSync(path.join(folder, "gallery"), labels.gallery);
  const python = benchPython();
  const script = fileURLToPath(new URL("./bootstrap_numpy.py", import.meta.url));
  const seconds = { ours: [], "NumPy, all scores": [], "NumPy, the same walk": [] };
  let ours, theirs;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const found = await bootstrapSubjects(tmrAtFmrStatistic(pairs, fmr), { random: createRandom(2), replicateCount });
    seconds.ours.push((performance.now() - start) / 1000);
    ours = { estimate: found.estimate, ...percentileInterval(found) };
    theirs = JSON.parse(execFileSync(python, [script, folder, String(fmr), String(replicateCount)], { encoding: "utf8" }));
    seconds["NumPy, all scores"].push(theirs.allSeconds);
    seconds["NumPy, the same walk"].push(theirs.walkSeconds);
  }
  rmSync(folder, { recursive: true });
  console.log(
    `${pairs.nonMated.length} non-mated and ${pairs.mated.length} mated scores of ${subjectCount} subjects, best of ${rounds} rounds`,
  );
  for (const [side, times] of Object.entries(seconds)) console.log(`${side.padEnd(22)} ${Math.min(...times).toFixed(2)} s`);
  const show = ({ estimate, low, high }) => `${estimate.toFixed(6)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  console.log(`ours  ${show(ours)}\nNumPy ${show(theirs)}`);
  const ratio = (side) => Number((Math.min(...seconds[side]) / Math.min(...seconds.ours)).toFixed(2));
  const ratios = { "NumPy, all scores": ratio("NumPy, all scores"), "NumPy, the same walk": ratio("NumPy, the same walk") };
  console.log(JSON.stringify({ bench: "bootstrap", engine: "none", ratios, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
}

function simulate(random) {
  const names = (each) => Array.from({ length: subjectCount * each }, (_, i) => `p${Math.floor(i / each)}`);
  const labels = labelScores(names(probesEach), names(1));
  const effects = Float64Array.from({ length: subjectCount }, () => 0.3 * random.normal());
  const collector = collectPairs(labels);
  for (let probe = 0; probe < labels.probes.length; probe++) {
    const own = labels.probes[probe];
    const data = Float32Array.from(
      labels.gallery,
      (other) => 0.12 * ((own === other ? 4 : 0) + effects[own] + effects[other] + random.normal()),
    );
    collector.add({ firstProbe: probe, scores: { rows: 1, columns: labels.gallery.length, data } });
  }
  return collector.pairs();
}
