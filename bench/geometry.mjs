// Geometry and similarity of clouds beside Python's ways, same rows, same threads, in turns: npm run bench geometry [part …].
// A part is a function of bench/geometry/ that prints a table and returns its ratios.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chooseEngine } from "facebridge/linalg";
import { benchCka } from "./geometry/cka.mjs";
import { benchMemory } from "./geometry/memory.mjs";
import { benchPictures } from "./geometry/pictures.mjs";
import { benchTwoNn } from "./geometry/two-nn.mjs";
import { benchPython } from "./python.mjs";

// Memory first: a process starts with the peak of the one that made it.
const parts = { memory: benchMemory, cka: benchCka, "two-nn": benchTwoNn, pictures: benchPictures };

export async function bench(chosen) {
  const unknown = chosen.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`bench geometry: got ${unknown.join(", ")}; give some of ${Object.keys(parts).join(", ")}, or none for all`);
  const engine = await chooseEngine(process.env.BENCH_ENGINE);
  const python = benchPython();
  const scratch = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const ratios = {};
  for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) {
    Object.assign(ratios, await parts[name]({ engine, scratch, peer: (script, ...args) => runPeer(python, script, args) }));
  }
  rmSync(scratch, { recursive: true });
  const rounded = Object.fromEntries(Object.entries(ratios).map(([peer, ratio]) => [peer, Number(ratio.toFixed(2))]));
  console.log(
    JSON.stringify({ bench: "geometry", engine: engine.name, ratios: rounded, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

/** What a Python script of bench/geometry/ prints as JSON, run with as many threads as Node has. */
function runPeer(python, script, args) {
  const threads = String(availableParallelism());
  const env = { ...process.env, OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads };
  const file = fileURLToPath(new URL(`./geometry/${script}`, import.meta.url));
  return JSON.parse(execFileSync(python, [file, ...args.map(String)], { encoding: "utf8", env, maxBuffer: 1e8 }));
}
