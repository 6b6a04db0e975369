import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { computeMoments, fitLeastSquares, streamMoments, type RowBlock } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { cloudPair, type CloudPair } from "../synthetic.js";
import { temporaryFolder } from "../temporary-folder.js";

const engine = await chooseEngine();
const pair = cloudPair({ seed: 1, count: 5000, source: 6, target: 4, noise: 0.5 });

function part({ source, target, identities }: CloudPair, first: number, last: number): RowBlock {
  const rows = Array.from({ length: last - first }, (_, i) => first + i);
  return { source: takeRows(source, rows), target: takeRows(target, rows), identities: identities.slice(first, last) };
}

/** The pair in blocks that end at `ends`. */
function blocksOf(of: CloudPair, ends: readonly number[]): () => AsyncIterable<RowBlock> {
  return async function* (): AsyncGenerator<RowBlock> {
    for (const [i, end] of ends.entries()) yield await Promise.resolve(part(of, ends[i - 1] ?? 0, end));
  };
}

describe("streamMoments", () => {
  it.each([
    ["blocks of 1,024 rows", [1024, 2048, 3072, 4096, 5000]],
    ["larger and uneven blocks, one of them empty", [2048, 3072, 3072, 5000]],
    ["one block", [5000]],
  ])("gives the bytes of all rows at once, from %s", async (_, ends) => {
    const streamed = await streamMoments(blocksOf(pair, ends), { engine });
    expect(streamed).toEqual(await computeMoments(pair.source, pair.target, pair.identities, { engine }));
    expect(Object.isFrozen(streamed) && Object.isFrozen(streamed.source)).toBe(true);
  });

  it("gives the bytes of all rows at once where they are fewer than columns", async () => {
    const few = cloudPair({ seed: 2, count: 20, source: 40, target: 2 });
    const streamed = await streamMoments(blocksOf(few, [0, 20]), { engine });
    expect(streamed).toEqual(await computeMoments(few.source, few.target, few.identities, { engine }));
    expect(streamed.source.rows?.rows).toBe(20);
  });

  it("reads rows from a file, and fits the same map", async () => {
    const file = path.join(await temporaryFolder(), "rows");
    const width = 10;
    const joined = Float32Array.from({ length: 5000 * width }, (_, k) => {
      const [row, column] = [Math.floor(k / width), k % width];
      return column < 6 ? pair.source.data[row * 6 + column] : pair.target.data[row * 4 + column - 6];
    });
    await writeFile(file, joined);
    async function* read(): AsyncGenerator<RowBlock> {
      const handle = await open(file);
      try {
        for (let first = 0; first < 5000; first += 1024) {
          const rows = Math.min(1024, 5000 - first);
          const buffer = new Float32Array(rows * width);
          await handle.read(new Uint8Array(buffer.buffer), { position: first * width * 4 });
          const side = (from: number, to: number): Float32Array => buffer.filter((__, k) => k % width >= from && k % width < to);
          yield {
            source: matrix32(rows, 6, side(0, 6)),
            target: matrix32(rows, 4, side(6, 10)),
            identities: pair.identities.slice(first, first + rows),
          };
        }
      } finally {
        await handle.close();
      }
    }
    const streamed = await fitLeastSquares(await streamMoments(read, { engine }), { engine });
    expect(streamed).toEqual(
      await fitLeastSquares(await computeMoments(pair.source, pair.target, pair.identities, { engine }), { engine }),
    );
  });

  it("refuses blocks that are cut elsewhere, of other widths, not paired, or not finite", async () => {
    await expect(streamMoments(blocksOf(pair, [1000, 5000]), { engine })).rejects.toThrow(
      new ShapeError(
        "streamMoments: the block from row 1000 on does not begin at a multiple of 1024; give every block but the last so many rows, or a multiple",
      ),
    );
    const streamOf = (...blocks: RowBlock[]): Promise<unknown> => {
      async function* read(): AsyncGenerator<RowBlock> {
        for (const block of blocks) yield await Promise.resolve(block);
      }
      return streamMoments(read, { engine });
    };
    const [first, second] = [part(pair, 0, 1024), part(pair, 1024, 1026)];
    await expect(streamOf(first, { ...second, target: second.source })).rejects.toThrow(
      new ShapeError("streamMoments: the block from row 1024 on is 6 and 6 wide; the first is 6 and 4"),
    );
    await expect(streamOf({ ...second, identities: [] })).rejects.toThrow(
      new ShapeError(
        "streamMoments: the block from row 0 on has 2 source rows, 2 target rows and 0 identities; row i of each must be of the same image",
      ),
    );
    const spoiled = matrix32(2, 4, second.target.data.slice());
    spoiled.data[5] = NaN;
    await expect(streamOf(first, { ...second, target: spoiled })).rejects.toThrow(
      /^streamMoments: the block from row 1024 on: target: row 1, column 1 is NaN; every value must be finite/,
    );
  });

  it("refuses fewer than two pairs, and a second reading of other length", async () => {
    await expect(streamMoments(blocksOf(pair, []), { engine })).rejects.toThrow(
      new ValueError("streamMoments: read 0 pairs; moments need at least two"),
    );
    await expect(streamMoments(blocksOf(pair, [1]), { engine })).rejects.toThrow("streamMoments: read 1 pairs; moments need at least two");
    const once = blocksOf(pair, [1024, 1100])();
    await expect(streamMoments(() => once, { engine })).rejects.toThrow(
      new ValueError("streamMoments: read 1100 pairs and then 0; the same rows must come at each reading"),
    );
  });

  it("stops at an abort", async () => {
    await expect(streamMoments(blocksOf(pair, [5000]), { engine, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});
