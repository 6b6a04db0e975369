import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { renderSvg } from "../../lib/figures/bundle.js";
import { drawDots } from "../../lib/figures/dots.js";
import { inkColour } from "../../lib/figures/theme.js";
import { readResultFile } from "../../lib/study/result-file.js";
import { summarise } from "../../lib/study/summary.js";

const record = path.join(projectFolder, "notebooks/results/02-does-a-mapped-probe-find-its-mate.json");
const maps = {
  "zero-pad": "no alignment",
  procrustes: "rotation (Procrustes)",
  ridge: "ridge",
  "least-squares": "least squares",
  native: "the network itself",
};
const sets = { lfw: "LFW", cfp: "CFP, frontal" };

/** Text on white, and on the dark ground of code hosts. */
const grounds: [name: string, ink: string][] = [["light", "#404040"], ["dark", "#d0d0d0"]]; // prettier-ignore

test.each(grounds)("the README's figure on %s ground is that of the rows of record", async (ground, ink) => {
  const summary = summarise(await readResultFile(record));
  const dots = Object.entries(maps).flatMap(([map, label]) =>
    Object.entries(sets).map(([set, group]) => {
      const row = summary.find((one) => one.map === map && one.metric === "rank1" && one.fitSet === set && one.testSet === set)!;
      return { label, group, value: row.mean, low: row.low, high: row.high };
    }),
  );
  const title = "Rank-1 of mapped probes, mean over 30 pairs of networks";
  const svg = (await renderSvg(drawDots(dots, { title, domain: [0, 1] }))).replaceAll(inkColour, ink);
  const file = path.join(projectFolder, "docs/images", `rank1-${ground}.svg`);
  const before = await readFile(file, "utf8").catch(() => null);
  if (before !== svg) await writeFile(before === null ? file : file.replace(".svg", "-changed.svg"), svg);
  expect(before === null || before === svg, `compare ${file} with its -changed.svg`).toBe(true);
});
