import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { runNotebook } from "../../lib/kernel/index.js";
import { describeEngines } from "../../lib/linalg/index.js";
import { readNotebook } from "../../lib/notebook/index.js";
import { readResultFile } from "../../lib/study/index.js";
import { temporaryFolder } from "../temporary-folder.js";

/** Another machine rounds elsewhere: a probe or two of some thousand may change sides. */
const tolerance = 0.003;

const folder = path.join(projectFolder, "notebooks");

const recorded = (await readdir(path.join(folder, "results"))).filter((name) => name.endsWith(".json"));

test("there are rows of record", () => {
  expect(recorded.length).toBeGreaterThan(0);
});

/** Run the notebook of a result file and hold its rows to those of record, whatever engine they name. */
async function expectRowsOfRecord(file: string): Promise<void> {
  const resultFolder = await temporaryFolder();
  const notebook = await readNotebook(path.join(folder, file.replace(/\.json$/, ".ipynb")));
  const { failure } = await runNotebook(notebook, { parameters: { resultFolder } });
  expect(failure).toBeNull();
  const rows = await readResultFile(path.join(resultFolder, file));
  const record = await readResultFile(path.join(folder, "results", file));
  expect(rows.length).toBe(record.length);
  rows.forEach(({ value, low, high, engine, ...row }, i) => {
    expect(engine).toBe(process.env.FACEBRIDGE_ENGINE ?? "onnx");
    expect(record[i]).toMatchObject(row);
    for (const [now, then] of [
      [value, record[i].value],
      [low, record[i].low],
      [high, record[i].high],
    ] as const) {
      expect(now === null, `${file} row ${i}`).toBe(then === null);
      expect(Math.abs((now ?? 0) - (then ?? 0)), `${file} row ${i}`).toBeLessThanOrEqual(tolerance);
    }
  });
}

test.each(recorded)("%s is what its notebook gives again", expectRowsOfRecord, 900_000);

const { present, detail } = (await describeEngines()).find(({ name }) => name === "openblas")!;
const onBoth = [
  "08-what-kind-of-maps-are-they.json",
  "12-does-a-new-network-need-a-new-gallery.json",
  "13-does-your-own-network-fit-in.json",
];

test.runIf(present).each(onBoth)(
  "%s is what its notebook gives with OpenBLAS too",
  async (file) => {
    vi.stubEnv("FACEBRIDGE_ENGINE", "openblas");
    try {
      await expectRowsOfRecord(file);
    } finally {
      vi.unstubAllEnvs();
    }
  },
  900_000,
);

if (!present) test.skip(`no notebook is compared with OpenBLAS; skipped, since: ${detail}`, () => undefined);
