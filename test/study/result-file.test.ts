import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatResultRows, parseResultRows, readResultFile, writeResultFile } from "../../lib/study/result-file.js";
import type { ResultRow } from "../../lib/study/result-row.js";

const row: ResultRow = {
  experiment: "03-is-rotation-enough",
  source: "face_a",
  target: "face_b",
  fitSet: "lfw",
  testSet: "lfw",
  map: "procrustes",
  frame: "centred",
  metric: "rank1",
  value: 0.9,
  low: 0.8,
  high: null,
  train: 2923,
  gallery: 271,
  probes: 1195,
  seed: 0,
  engine: "onnx",
};

describe("result files", () => {
  it("hold one row a line, with fields in one order whatever order they were given in", () => {
    const { experiment, ...rest } = row;
    const text = formatResultRows([row, { ...rest, experiment }]);
    const line =
      '{"experiment":"03-is-rotation-enough","source":"face_a","target":"face_b","fitSet":"lfw","testSet":"lfw","map":"procrustes",' +
      '"frame":"centred","metric":"rank1","value":0.9,"low":0.8,"high":null,"train":2923,"gallery":271,"probes":1195,"seed":0,"engine":"onnx"}';
    expect(text).toBe(`[\n${line},\n${line}\n]\n`);
    expect(formatResultRows([])).toBe("[]\n");
  });

  it("come back as they were written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "facebridge-"));
    try {
      const path = join(folder, "rows.json");
      const rows = [row, { ...row, value: 0.1 + 0.2 }];
      await writeResultFile(path, rows);
      expect(await readResultFile(path)).toEqual(rows);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("say which file is missing and what to do", async () => {
    await expect(readResultFile("/nowhere/rows.json")).rejects.toThrow(
      /^\/nowhere\/rows\.json: cannot be read \(ENOENT.*\); run its experiment first$/,
    );
  });

  it.each([
    ["{", "rows.json: not JSON ("],
    ["{}", "rows.json: holds no list; a result file is a list of rows"],
    ["[3]", "rows.json: row 0: is no object; every row is one with the fields of a ResultRow"],
    [JSON.stringify([row, { ...row, frame: "odd" }]), 'rows.json: row 1: frame is odd; it must be "centred" or "raw"'],
    [JSON.stringify([{ ...row, value: null }]), "rows.json: row 0: value is null; it must be a finite number"],
    [JSON.stringify([{ ...row, probes: 1.5 }]), "rows.json: row 0: probes is 1.5; it must be a whole number from 0 on"],
    [JSON.stringify([{ ...row, note: "" }]), "rows.json: row 0: note is no field of a ResultRow; leave it out"],
    [JSON.stringify([{ experiment: "x" }]), "rows.json: row 0: source is missing; it must be a text"],
  ])("are refused when they hold something else: %s", (text, message) => {
    expect(() => parseResultRows(text, "rows.json")).toThrow(message);
  });

  it("are not written with a value that is not finite", () => {
    expect(() => formatResultRows([{ ...row, value: NaN }])).toThrow("formatResultRows: row 0: value is NaN; it must be a finite number");
  });
});
