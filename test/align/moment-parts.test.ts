import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  addParts,
  computeMoments,
  countBlocks,
  loadParts,
  mergeParts,
  normaliseRows,
  saveParts,
  sumBlocks,
  type MomentPart,
} from "../../lib/align/index.js";
import { DataError } from "../../lib/core/errors.js";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { writeSafetensors } from "../../lib/data/safetensors.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { temporaryFolder } from "../temporary-folder.js";

const engine = createOnnxEngine({ threads: 1 });
const random = createRandom(3);
const rowCount = 6 * 1024 + 1; // a last row alone
const cloud = (columns: number): Matrix32 =>
  matrix32(
    rowCount,
    columns,
    Float32Array.from({ length: rowCount * columns }, () => random.normal() + 0.3),
  );
const rows = { source: cloud(5), target: cloud(3) };
const identities = Array.from({ length: rowCount }, (_, i) => `person ${Math.floor(i / 7)}`);
const blockCount = countBlocks(rowCount);
const shard = (first: number, last: number): Promise<MomentPart[]> => sumBlocks(rows, identities, { first, last, engine });

describe("moments of shards", () => {
  test("are the same bytes however the blocks are shared out", async () => {
    expect(blockCount).toBe(6);
    const whole = addParts(await shard(0, 6), blockCount);
    for (const borders of [
      [0, 1, 2, 3, 4, 5, 6],
      [0, 5, 6],
      [0, 3, 6],
      [0, 0, 2, 6],
    ]) {
      const parts: MomentPart[] = [];
      for (let i = 1; i < borders.length; i++) parts.push(...(await shard(borders[i - 1], borders[i])));
      expect(addParts(parts, blockCount)).toEqual(whole);
      expect(mergeParts(parts).map(({ first, level }) => [first, level])).toEqual([[0, 2], [4, 1]]); // prettier-ignore
    }
  });

  test("are those of all rows at once, to rounding", async () => {
    const once = await computeMoments(normaliseRows(rows.source), normaliseRows(rows.target), identities, { engine });
    const summed = addParts(await shard(0, 6), blockCount);
    expect([summed.count, summed.identities]).toEqual([once.count, once.identities]);
    for (const pick of [
      (moments: typeof once) => moments.cross.data,
      (moments: typeof once) => moments.source.gram.data,
      (moments: typeof once) => moments.target.mean,
    ]) {
      expect(Math.max(...pick(summed).map((value, i) => Math.abs(value - pick(once)[i])))).toBeLessThan(1e-10);
    }
  });

  test("come back from a file, and the same parts give the same file", async () => {
    const file = path.join(await temporaryFolder(), "1.safetensors");
    const saved = { of: { source: "one", target: "other", seed: 0 }, blockCount, parts: await shard(0, 3) };
    await saveParts(file, saved);
    expect(await loadParts(file)).toEqual(saved);
    await saveParts(`${file}.again`, saved);
    expect((await readFile(`${file}.again`)).equals(await readFile(file))).toBe(true);
  });

  test("say which block is missing, or is there twice, and what is no file of theirs", async () => {
    const [one, two] = [await shard(0, 2), await shard(2, 6)];
    expect(() => addParts(two, blockCount)).toThrow(DataError);
    expect(() => addParts(two, blockCount)).toThrow("addParts: block 0 of 6 is missing; give the files of all shards once");
    expect(() => addParts([...one, ...one, ...two], blockCount)).toThrow("addParts: block 0 of 6 is there twice");
    expect(() => addParts(one, blockCount)).toThrow("addParts: block 2 of 6 is missing");
    const file = path.join(await temporaryFolder(), "x.safetensors");
    await writeSafetensors(file, { a: { shape: [1], data: new Float64Array(1) } });
    await expect(loadParts(file)).rejects.toThrow(
      /the format is none; it must be facebridge-moments\/1, so name a file of facebridge moments$/,
    );
    for (const moments of ["{", "null", '{"parts": 1}']) {
      await writeSafetensors(file, {}, { format: "facebridge-moments/1", moments });
      await expect(loadParts(file)).rejects.toThrow(
        new DataError(`${file}: its metadata does not describe its parts; sum this shard again`),
      );
    }
    const described = { of: {}, blockCount: 1, parts: [{ first: 0, level: 0, count: 2, identities: [] }] };
    await writeSafetensors(file, {}, { format: "facebridge-moments/1", moments: JSON.stringify(described) });
    await expect(loadParts(file)).rejects.toThrow(/there is no float64 array 0_cross; sum this shard again$/);
  });
});
