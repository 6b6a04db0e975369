import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { readProvenance, readStarted, recordRun } from "../../lib/kernel/run-record.js";
import { readNotebook, writeNotebook } from "../../lib/notebook/nbformat.js";
import { temporaryFolder } from "../temporary-folder.js";
import { notebookOf } from "./notebooks.js";

const parameters = 'let seed = 0;\nlet fail = false;\nlet resultFolder = "results";';
const figure = [
  'import { drawLines } from "facebridge/figures";',
  'import { showFigure } from "facebridge/notebook";',
  'await showFigure(drawLines([{ label: "a", x: [0, 1], y: [0, seed] }], { x: { title: "x" }, y: { title: "y" } }));',
].join("\n");
const rows = [
  'import { mkdir, writeFile } from "node:fs/promises";',
  "await mkdir(resultFolder, { recursive: true });",
  "await writeFile(`${resultFolder}/rows.json`, JSON.stringify([seed]));",
].join("\n");
const failing = 'if (fail) throw new Error("as asked");';

async function sample(): Promise<{ file: string; out: string }> {
  const folder = await temporaryFolder();
  const file = path.join(folder, "sample.ipynb");
  await writeNotebook(file, notebookOf({ source: parameters, tags: ["parameters"] }, figure, rows, failing));
  return { file, out: path.join(folder, "runs") };
}

const bytesOf = async (folder: string): Promise<Record<string, string>> => {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  const all = await Promise.all(
    files.map(async (file) => [path.relative(folder, file), (await readFile(file)).toString("base64")] as const),
  );
  return Object.fromEntries(all);
};

describe("recordRun", () => {
  test("keeps notebook, rows, figures and provenance, and finds them again", async () => {
    const { file, out } = await sample();
    const run = await recordRun(file, { parameters: { seed: 2 }, out });
    expect(run).toMatchObject({ reused: false, failure: null });
    const kept = await bytesOf(run.folder);
    expect(Object.keys(kept)).toEqual(["figures/c1.png", "figures/c1.svg", "notebook.ipynb", "provenance.json", "rows.json"]);
    expect(await readFile(path.join(run.folder, "rows.json"), "utf8")).toBe("[2]");
    expect(await readProvenance(run.folder)).toMatchObject({ notebook: "sample", parameters: { seed: 2, fail: false } });
    expect((await readNotebook(path.join(run.folder, "notebook.ipynb"))).cells[1].source).toContain("seed = 2;");

    expect(await recordRun(file, { parameters: { seed: 2 }, out })).toEqual({ folder: run.folder, reused: true, failure: null });
    const other = await recordRun(file, { parameters: { seed: 3 }, out });
    expect([other.folder === run.folder, other.reused]).toEqual([false, false]);

    vi.stubEnv("FACEBRIDGE_ENGINE", "tfjs");
    const elsewhere = await recordRun(file, { parameters: { seed: 2 }, out });
    vi.unstubAllEnvs();
    expect([elsewhere.folder === run.folder, elsewhere.reused]).toEqual([false, false]);
    expect(await readProvenance(elsewhere.folder)).toMatchObject({ engine: "tfjs" });
  }, 60_000);

  test("runs again what was stopped, to the same bytes, and what was edited", async () => {
    const { file, out } = await sample();
    const { folder } = await recordRun(file, { out });
    const whole = await bytesOf(folder);
    await rm(path.join(folder, "provenance.json"));
    await writeFile(path.join(folder, "figures", "old.svg"), "left by a run that was stopped");
    await writeFile(path.join(folder, "notebook.ipynb"), "half");
    expect(await recordRun(file, { out })).toMatchObject({ folder, reused: false });
    expect(await bytesOf(folder)).toEqual(whole);
    const { cells, ...rest } = await readNotebook(file);
    await writeNotebook(file, { ...rest, cells: [...cells, ...notebookOf("1 + 1").cells.map((cell) => ({ ...cell, id: "added" }))] });
    expect((await recordRun(file, { out })).folder).not.toBe(folder);
  }, 60_000);

  test("keeps a failed run's notebook without calling it whole", async () => {
    const { file, out } = await sample();
    const { folder, failure } = await recordRun(file, { parameters: { fail: true }, out });
    expect(failure).toMatchObject({ name: "Error", message: "as asked" });
    expect(await readProvenance(folder)).toBeNull();
    expect(await readStarted(folder)).toMatchObject({ notebook: "sample", parameters: { seed: 0, fail: true } });
    expect((await readdir(folder)).sort()).toEqual(["notebook.ipynb", "rows.json", "started.json"]);
  }, 60_000);

  test("refuses a wrong parameter before anything runs", async () => {
    const { file, out } = await sample();
    await expect(recordRun(file, { parameters: { seed: "1" }, out })).rejects.toThrow(ValueError);
    expect(await readdir(out).catch(() => [])).toEqual([]);
  });
});
