import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { listEncoderManifests } from "../../lib/data/load-encoders.js";
import { projectFolder } from "../../lib/data/locate.js";
import { loadPaper } from "../../lib/data/paper.js";
import { readResultFile } from "../../lib/study/result-file.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { formatVerdicts, judgeClaims } from "../../lib/study/verdicts.js";

const folder = path.join(projectFolder, "notebooks", "results");
const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
const record = new Map(
  await Promise.all(files.map(async (file) => [path.basename(file, ".json"), await readResultFile(path.join(folder, file))] as const)),
);
const paper = await loadPaper();
const origins = (await listEncoderManifests()).filter((network) => network.kind !== "detector");

const verdictOf = (rows: ReadonlyMap<string, readonly ResultRow[]>, claim: RegExp): string =>
  judgeClaims(rows, paper, origins).find((entry) => claim.test(entry.claim))!.verdict;
/** The rows of record with the values of some of them changed. */
const changed = (which: (row: ResultRow) => boolean, value: number): Map<string, ResultRow[]> =>
  new Map([...record].map(([name, rows]) => [name, rows.map((row) => (which(row) ? { ...row, value } : row))]));

describe("judgeClaims", () => {
  it.each<[RegExp, (row: ResultRow) => boolean, number]>([
    [/Without alignment/, ({ map, metric }) => map === "zero-pad" && metric === "auc", 0.7],
    [/restores verification/, ({ map, metric }) => map === "procrustes" && metric === "auc", 0.6],
    [/A rotation does as well/, ({ experiment, map }) => experiment.startsWith("02") && map === "procrustes", 0.1],
    [/holds on another/, ({ fitSet, testSet, metric }) => fitSet !== testSet && metric === "rank1", 0.01],
    [/It is the right pairs/, ({ map, metric }) => map === "least-squares/shuffled" && metric === "auc", 0.6],
    [
      /holds on others/,
      ({ experiment, source, target, metric }) =>
        experiment.endsWith("/fresh") && metric === "rank1" && [source, target].includes("face_openvino_0095"),
      0.1,
    ],
    [
      /one family/,
      ({ experiment, map, source, target }) =>
        experiment.startsWith("09") && map === "procrustes" && source.slice(0, 3) === target.slice(0, 3),
      0.05,
    ],
    [/template security/, ({ experiment, metric }) => experiment.endsWith("/swap") && metric === "sar@fmr=1e-3", 0.002],
    [/A tenth of the training data/, ({ experiment, map }) => experiment.endsWith("/0.1") && map === "ridge", 0.6],
  ])("takes back %s when the rows say otherwise", (claim, which, value) => {
    expect(verdictOf(record, claim)).not.toBe("does not hold");
    expect(verdictOf(changed(which, value), claim)).toBe("does not hold");
  });

  it("grants what it denies when the rows say otherwise", () => {
    const claim = /poor verifiers and good identifiers/;
    expect(verdictOf(record, claim)).toBe("does not hold");
    expect(
      verdictOf(
        changed(({ source, metric }) => source.startsWith("vis_") && metric === "rank1", 0.9),
        claim,
      ),
    ).toBe("holds");
  });

  it("holds that targets limit what is mapped when they explain more than sources do, and not when their own separation says nothing", () => {
    const claim = /limits what can be mapped/;
    const isMapped = ({ experiment, map, metric }: ResultRow): boolean => experiment.startsWith("09") && map === "procrustes" && metric === "rank1"; // prettier-ignore
    const byTarget = new Map([...record].map(([name, rows]) => {
      return [name, rows.map((row) => (isMapped(row) ? { ...row, value: row.target.startsWith("face_") ? 0.9 : 0.1 } : row))] as const;
    })); // prettier-ignore
    expect(verdictOf(byTarget, claim)).toBe("holds");
    const reversed = new Map([...byTarget].map(([name, rows]) => {
      return [name, rows.map((row) => (name.startsWith("09") && row.metric === "tmr@fmr=1e-2" ? { ...row, value: 1 - row.value } : row))] as const;
    })); // prettier-ignore
    expect(verdictOf(reversed, claim)).toBe("does not hold");
  });

  it("says which rows it misses", () => {
    const without = new Map([...record].filter(([name]) => !name.startsWith("04")));
    expect(() => judgeClaims(without, paper, origins)).toThrow(DataError);
    expect(() => judgeClaims(without, paper, origins)).toThrow(
      "judgeClaims: there are no rows of record of 04-do-general-networks-see-faces; run its notebook",
    );
    const empty = new Map([...record.keys()].map((name) => [name, []]));
    expect(() => judgeClaims(empty, paper, origins)).toThrow(
      /has no rows with \{"map":"zero-pad".*\}; run it with its declared parameters/,
    );
  });
});

it("the README's table is that of the rows of record", async () => {
  const readme = await readFile(path.join(projectFolder, "README.md"), "utf8");
  const table = await format(formatVerdicts(judgeClaims(record, paper, origins), "notebooks"), { parser: "markdown", printWidth: 160 });
  expect(readme).toContain(table.trim());
});
