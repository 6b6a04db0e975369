import { execFileSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";

const module = pathToFileURL(path.join(projectFolder, "dist/core/collect-at-once.js")).href;

/** How often a process that makes 100 arrays of 8 MiB, of which six are there at a time, is seen to collect step by step. */
function countSteps(before: string): number {
  const script = `
    import { constants, PerformanceObserver } from "node:perf_hooks";
    import { collectAtOnce } from "${module}";
    ${before}
    let steps = 0;
    const seen = new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_INCREMENTAL) steps++;
    });
    seen.observe({ entryTypes: ["gc"] });
    const some = [];
    for (let i = 0; i < 100; i++) {
      some[i % 6] = new Float64Array(2 ** 20).fill(i);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    console.log(steps);
  `;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }));
}

test("arrays that come and go are collected in one go, and step by step without", () => {
  expect(countSteps("")).toBeGreaterThan(0);
  expect(countSteps("collectAtOnce();")).toBe(0);
});
