// Kernel start to first result, and trivial cells: the project's kernel beside stock tslab, in turns, as jupyter_client sees them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { benchPython } from "./python.mjs";

const rounds = 5;
const cells = 110;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const tslab = path.join(path.dirname(createRequire(import.meta.url).resolve("tslab/package.json")), "bin", "tslab");
const kernels = [
  {
    name: "ours",
    argv: [process.execPath, "--no-warnings", path.join(root, "dist", "kernel", "main.js"), "{connection_file}"],
    prepare: ['import * as facebridge from "facebridge";', "facebridge"],
  },
  // It cannot import the package: it knows no exports.
  { name: "tslab", argv: [process.execPath, tslab, "kernel", "--config-path={connection_file}"], prepare: [] },
];

export async function bench() {
  const python = benchPython();
  const scratch = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const job = path.join(scratch, "job.json");
  writeFileSync(job, JSON.stringify({ rounds, cells, kernels }));
  const script = fileURLToPath(new URL("./kernel_client.py", import.meta.url));
  const runs = JSON.parse(execFileSync(python, [script, job], { cwd: root, encoding: "utf8", maxBuffer: 1e8 }));
  rmSync(scratch, { recursive: true });

  const rows = kernels.map(({ name }) => {
    const own = runs.filter((run) => run.name === name);
    const times = own.flatMap((run) => run.cells);
    return { kernel: name, first: median(own.map(({ first }) => first)), cell: median(times), slowest: Math.max(...times) };
  });
  console.table(
    rows.map(({ kernel, first, cell, slowest }) => ({
      kernel,
      "start to first result, s": first.toFixed(2),
      "trivial cell, ms": (1000 * cell).toFixed(1),
      "slowest cell, ms": (1000 * slowest).toFixed(1),
    })),
  );
  console.log(`medians of ${rounds} starts, and of ${cells - 10} cells after each; ours with facebridge imported`);
  const [ours, stock] = rows;
  const ratios = { "tslab, first result": ratio(stock.first, ours.first), "tslab, trivial cell": ratio(stock.cell, ours.cell) };
  console.log(JSON.stringify({ bench: "kernel", engine: "none", ratios, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const ratio = (theirs, ours) => Number((theirs / ours).toFixed(3));
