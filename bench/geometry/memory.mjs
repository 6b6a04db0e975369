import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const columns = 256;
const counts = [8192, 16_384, 32_768];
const streamedCounts = [16_384, 65_536, 131_072];

/** Peak memory of a process that does one thing with n rows: what a row adds, beside its own bytes and those of a row of n × n scores. */
export function benchMemory() {
  const script = fileURLToPath(new URL("./memory-child.mjs", import.meta.url));
  const table = [];
  for (const task of ["streamed CKA", "CKA", "neighbours", "mutual neighbours", "silhouette", "scatter"]) {
    const sizes = task === "streamed CKA" ? streamedCounts : counts;
    const peaks = sizes.map((rows) =>
      Number(execFileSync(process.execPath, [script, task, String(rows), String(columns)], { encoding: "utf8" })),
    );
    const growth = ((peaks.at(-1) - peaks[0]) * 2 ** 20) / (sizes.at(-1) - sizes[0]);
    table.push({ task, rows: sizes.join(", "), "peak MiB": peaks.map(Math.round).join(", "), "bytes a row": Math.round(growth) });
  }
  const bytes = 4 * columns;
  console.log(`\npeak memory at ${columns} columns; a row of one cloud has ${bytes} bytes, one of n × n scores up to ${4 * counts.at(-1)}`);
  console.table(table);
  return {};
}
