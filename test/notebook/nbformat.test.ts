import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatNotebook, parseNotebook, readNotebook, writeNotebook } from "../../lib/notebook/index.js";

const stored = {
  nbformat: 4,
  nbformat_minor: 4,
  metadata: { kernelspec: { name: "x" } },
  cells: [
    { cell_type: "markdown", metadata: {}, source: ["# One\n", "two"] },
    {
      cell_type: "code",
      id: "own",
      metadata: { tags: ["parameters"] },
      execution_count: 2,
      source: "1",
      outputs: [
        { output_type: "stream", name: "stdout", text: ["a\n", "b\n"] },
        {
          output_type: "display_data",
          data: { "application/json": ["x", "y"], "text/plain": ["p\n", "q"], "image/png": "QUJD\n" },
          metadata: {},
        },
      ],
    },
  ],
};

describe("a notebook file", () => {
  test("is read with its lines joined and ids given", () => {
    expect(parseNotebook(stored)).toMatchObject({
      nbformat_minor: 5,
      cells: [
        { id: "cell-1", source: "# One\ntwo" },
        { id: "own", outputs: [{ text: "a\nb\n" }, { data: { "application/json": ["x", "y"], "text/plain": "p\nq" } }] },
      ],
    });
  });

  test("is written as Jupyter writes it: keys sorted, lines apart, base64 whole", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "notebook-")), "a.ipynb");
    await writeNotebook(file, parseNotebook(stored));
    const text = await readFile(file, "utf8");
    expect(text.startsWith('{\n "cells": [\n  {\n   "cell_type": "markdown",\n   "id": "cell-1",')).toBe(true);
    expect(text.endsWith('"nbformat": 4,\n "nbformat_minor": 5\n}\n')).toBe(true);
    expect(text).toContain('"image/png": "QUJD\\n"');
    expect(formatNotebook(await readNotebook(file))).toBe(text);
  });

  test("of another format, or with another cell, is refused", () => {
    expect(() => parseNotebook({ nbformat: 3, worksheets: [] })).toThrow(
      "parseNotebook: got nbformat 3; a notebook needs nbformat 4 and an array of cells, so save it again from JupyterLab",
    );
    expect(() => parseNotebook({ nbformat: 4, cells: [{ cell_type: "heading" }] })).toThrow(
      "parseNotebook: cell 1 is of type heading; it must be code, markdown or raw",
    );
  });

  test("with an output that is not whole is refused", () => {
    for (const output of [null, 3, { output_type: "picture" }, { output_type: "display_data" }, { output_type: "error" }]) {
      const cell = { cell_type: "code", source: "", outputs: [output] };
      expect(() => parseNotebook({ nbformat: 4, cells: [cell] })).toThrow(
        /^parseNotebook: cell 1 has an output of type (undefined|picture|display_data|error) that is not whole; run the notebook again$/,
      );
    }
  });

  test("that is no JSON is refused by name", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "notebook-")), "b.ipynb");
    await writeFile(file, "{");
    await expect(readNotebook(file)).rejects.toThrow(
      /^readNotebook: .*b\.ipynb is not JSON \(.*\); restore it or save it again from JupyterLab$/,
    );
  });
});
