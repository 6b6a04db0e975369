// Identification and verification of 10⁸ comparisons beside NumPy with scikit-learn, and of 10⁹ alone: same bytes to both sides.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "facebridge/core";
import { benchPython } from "./python.mjs";

const width = 512;
const fmrs = [1e-2, 1e-3, 1e-4, 1e-5];
const imagesPerPerson = 8;
const rounds = 2;
/** Rounding in another order moves a score past another now and then. */
const agreement = 1e-5;

export async function bench([only]) {
  const python = benchPython();
  const scratch = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const script = (name) => fileURLToPath(new URL(name, import.meta.url));
  const side = (command, name, job) => JSON.parse(execFileSync(command, [script(name), job], { encoding: "utf8", maxBuffer: 1e8 }));
  const print = (name, { seconds, processorSeconds, peakMiB, rowsMiB, auc, eer, rank1, tmr }) =>
    console.log(
      `${name.padEnd(24)}${seconds.toFixed(2).padStart(8)} s (${processorSeconds.toFixed(1)} of processors) ${peakMiB.toFixed(0).padStart(7)} MiB (${rowsMiB.toFixed(0)} are rows)   AUC ${auc.toFixed(8)}  EER ${eer.toFixed(6)}  rank-1 ${rank1.toFixed(4)}  TMR ${tmr.map((rate) => rate.toFixed(4)).join(" ")}`,
    );
  try {
    const small = makeJob(scratch, only === "quick" ? 2000 : 10_000);
    const ours = [];
    const theirs = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(side(process.execPath, "./recognition_side.mjs", small));
      print(`ours, round ${round + 1}`, ours.at(-1));
      theirs.push(side(python, "./recognition_numpy.py", small));
      print(`NumPy, round ${round + 1}`, theirs.at(-1));
    }
    checkAgreement(ours[0], theirs[0]);
    let large = null;
    const best = (runs, time = "seconds") => Math.min(...runs.map((run) => run[time]));
    const ratio = (one, other) => Number((one / other).toFixed(2));
    if (only !== "quick") {
      large = side(process.execPath, "./recognition_side.mjs", makeJob(scratch, 31_623));
      print("ours, 10⁹ comparisons", large);
      console.log(`10 times the comparisons in ${(large.seconds / best(ours)).toFixed(1)} times the time`);
    }
    console.log(
      JSON.stringify({
        bench: "recognition",
        engine: ours[0].engine,
        ratios: {
          "roc_curve, AUC from it": ratio(best(theirs), best(ours)),
          "roc_curve and roc_auc_score": ratio(best(theirs, "secondsWithScore"), best(ours)),
        },
        processorRatio: ratio(best(theirs, "processorSeconds"), best(ours, "processorSeconds")),
        peakMiB: Math.round(Math.max(...ours.map(({ peakMiB }) => peakMiB))),
        peakMiBOfPeer: Math.round(Math.max(...theirs.map(({ peakMiB }) => peakMiB))),
        peakMiBOfLarge: large === null ? null : Math.round(large.peakMiB),
        withoutRows: [...ours, ...(large === null ? [] : [large])].map(({ peakMiB, rowsMiB }) => Math.round(peakMiB - rowsMiB)),
      }),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** People with several images on both sides, of whom some are hard to tell apart. */
function makeJob(scratch, count) {
  const random = createRandom(7);
  const people = Math.ceil(count / imagesPerPerson);
  const centres = Float32Array.from({ length: people * width }, () => random.normal());
  const rowsFor = (name) => {
    const rows = new Float32Array(count * width);
    const subjects = [];
    for (let i = 0; i < count; i++) {
      const person = i % people;
      subjects.push(person);
      const noise = 1 + 4 * random.uniform();
      for (let k = 0; k < width; k++) rows[i * width + k] = centres[person * width + k] + noise * random.normal();
    }
    const file = path.join(scratch, `${name}-${count}.f32`);
    writeFileSync(file, rows);
    return { file, subjects };
  };
  const [probes, gallery] = [rowsFor("probes"), rowsFor("gallery")];
  const job = path.join(scratch, `job-${count}.json`);
  const content = {
    ...{ probes: count, templates: count, width, fmrs, probeFile: probes.file, galleryFile: gallery.file },
    ...{ probeSubjects: probes.subjects, gallerySubjects: gallery.subjects },
  };
  writeFileSync(job, JSON.stringify(content));
  return job;
}

function checkAgreement(ours, theirs) {
  for (const metric of ["rank1", "rank10", "auc", "eer"]) {
    if (!(Math.abs(ours[metric] - theirs[metric]) <= agreement * 10)) {
      throw new Error(`bench recognition: ${metric} is ${ours[metric]} here and ${theirs[metric]} there; they must agree`);
    }
  }
}
