import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { parseNotebook, type CodeCell } from "../../lib/notebook/nbformat.js";

const folder = path.join(projectFolder, "notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

describe.each(names)("%s", (name) => {
  const text = readFileSync(path.join(folder, name), "utf8");
  const { cells } = parseNotebook(JSON.parse(text));
  const code = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");

  test("has cells of at most 12 lines", () => {
    expect(code.filter(({ source }) => source.split("\n").length > 12).map(({ id }) => id)).toEqual([]);
  });

  test("defines no function and no class", () => {
    const defines = /\bfunction\b|\bclass\b|\b(const|let)\s+\w+\s*=\s*(async\s*)?(\([^)]*\)|\w+)\s*=>/;
    expect(code.filter(({ source }) => defines.test(source)).map(({ id }) => id)).toEqual([]);
  });

  test("imports in its first code cell alone", () => {
    expect(
      code
        .slice(1)
        .filter(({ source }) => /^import /m.test(source))
        .map(({ id }) => id),
    ).toEqual([]);
  });

  test("holds the outputs of a whole run from top to bottom, without an error or a word on stderr", () => {
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
    const outputs = code.flatMap((cell) => cell.outputs);
    expect(outputs.length).toBeGreaterThan(0);
    expect(
      outputs.filter((output) => output.output_type === "error" || (output.output_type === "stream" && output.name === "stderr")),
    ).toEqual([]);
  });

  test("shows every figure where nothing runs, and says what it shows", () => {
    const bundles = code.flatMap((cell) => cell.outputs).flatMap((output) => ("data" in output ? [output.data] : []));
    const figures = bundles.filter((data) => Object.keys(data).some((type) => /vegalite|plotly/.test(type)));
    expect(figures.filter((data) => !("image/svg+xml" in data || "image/png" in data))).toEqual([]);
    expect(figures.map((data) => data["text/plain"]).filter((text) => !/^\[figure: (?!no axes).+\]$/s.test(text as string))).toEqual([]);
  });

  test("keeps no time of execution", () => {
    const metadata = cells.flatMap((cell) => Object.keys(cell.metadata));
    expect(metadata.filter((key) => key !== "tags")).toEqual([]);
    expect(text).not.toMatch(/\b20\d\d-\d\d-\d\dT\d\d:\d\d/);
  });

  test("names no folder of a machine, and is at most 1 MB", () => {
    expect(text).not.toMatch(/\/(home|root|Users|work|tmp)\//);
    expect(statSync(path.join(folder, name)).size).toBeLessThan(1e6);
  });
});
