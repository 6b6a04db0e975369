import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/choose-engine.js";
import { checkCohort, type CslsSimilarity } from "../../lib/metrics/csls.js";
import { keepScores } from "../../lib/metrics/kept-scores.js";
import { scoreBlocks } from "../../lib/metrics/scores.js";
import type { ScoreSimilarity } from "../../lib/metrics/similarity.js";
import { exact, expectClose, rounding32 } from "../close.js";
import { plainEngine } from "./plain-engine.js";

type Sides = Readonly<Record<"probes" | "gallery" | "source" | "target" | "csls" | "euclidean", readonly number[]>>;

const { similarities: golden } = JSON.parse(readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8")) as {
  similarities: Sides;
};
const rowsOf = (values: readonly number[]): Matrix32 => matrix32(values.length / 6, 6, Float32Array.from(values));
const [probes, gallery] = [rowsOf(golden.probes), rowsOf(golden.gallery)];
const csls: CslsSimilarity = { kind: "csls", sourceCohort: rowsOf(golden.source), targetCohort: rowsOf(golden.target) };

async function scoresOf(one: Matrix32, other: Matrix32, similarity: ScoreSimilarity): Promise<Matrix32> {
  const keeper = keepScores(one.rows, other.rows);
  await scoreBlocks(one, other, [keeper], { engine: await chooseEngine(), similarity, blockSize: 8 });
  return keeper.scores();
}

describe("similarities", () => {
  it.each([
    ["csls", csls],
    ["euclidean", "euclidean"],
  ] as const)("%s is what NumPy and SciPy compute", async (name, similarity) => {
    expectClose((await scoresOf(probes, gallery, similarity)).data, golden[name], rounding32);
  });

  it("puts equal rows at a distance of exactly 0, and near ones where their difference says, far from the origin", async () => {
    const far = matrix32(2, 2, Float32Array.of(1000, 1000, 1000, 1000 + 2 ** -10));
    const { data } = await scoresOf(far, far, "euclidean");
    expect([...data]).toEqual([0, -(2 ** -10), -(2 ** -10), 0]);
    expect(Object.is(data[0], 0)).toBe(true);
  });

  it("is the same in any order of probes, and forth and back with the cohort's sides exchanged", async () => {
    const straight = await scoresOf(probes, gallery, csls);
    const turned = await scoresOf(takeRows(probes, [4, 3, 2, 1, 0]), gallery, csls);
    expectClose(turned.data.slice(0, 4), straight.data.slice(16), rounding32);
    const back = await scoresOf(gallery, probes, { ...csls, sourceCohort: csls.targetCohort, targetCohort: csls.sourceCohort });
    expectClose(
      Array.from({ length: 20 }, (_, i) => back.data[(i % 4) * 5 + Math.floor(i / 4)]),
      straight.data,
      rounding32,
    );
  });

  it("leaves cohort rows without a direction out, and scores probes without one −∞", async () => {
    const withZero = matrix32(13, 6, Float32Array.from([...golden.source, 0, 0, 0, 0, 0, 0]));
    expectClose(
      (await scoresOf(probes, gallery, { ...csls, sourceCohort: withZero })).data,
      (await scoresOf(probes, gallery, csls)).data,
      exact,
    );
    const { data } = await scoresOf(matrix32(1, 6), gallery, csls);
    expect([...data]).toEqual([-Infinity, -Infinity, -Infinity, -Infinity]);
  });

  it("refuses cohorts that are too small, too narrow, or of people who are searched for", async () => {
    const run = (some: CslsSimilarity): Promise<unknown> => scoreBlocks(probes, gallery, [], { engine: plainEngine, similarity: some });
    await expect(run({ ...csls, neighbourCount: 13 })).rejects.toThrow(
      "csls: got 13 neighbours in a source cohort of 12 rows; it needs a whole number from 1 to the cohort's size",
    );
    await expect(run({ ...csls, targetCohort: matrix32(1, 2) })).rejects.toThrow(
      "csls: the target cohort is 2 wide and the rows 6; bring both into one space",
    );
    expect(() => {
      checkCohort(["x", "y"], ["a", "y"]);
    }).toThrow("checkCohort: y is in the cohort and among the probes; take the cohort from other people, as those of the training part");
    expect(() => {
      checkCohort(["x"], ["a"]);
    }).not.toThrow();
  });

  it("refuses empty sides and values that are not finite by distance as well", async () => {
    const run = (one: Matrix32, other: Matrix32): Promise<unknown> =>
      scoreBlocks(one, other, [], { engine: plainEngine, similarity: "euclidean" });
    await expect(run(matrix32(0, 6), gallery)).rejects.toThrow("scoreBlocks: probes is empty; it needs at least one row");
    await expect(run(probes, matrix32(1, 6, new Float32Array(6).fill(NaN)))).rejects.toThrow(
      "scoreBlocks: gallery: row 0, column 0 is NaN",
    );
    await expect(scoreBlocks(probes, gallery, [], { engine: plainEngine, blockSize: 0 })).rejects.toThrow(
      "scoreBlocks: got a block size of 0; it must be at least 1",
    );
  });
});
