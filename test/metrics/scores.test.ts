import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { scoreBlocks, type ScoreBlock } from "../../lib/metrics/scores.js";
import { exact, expectClose } from "../close.js";
import { plainEngine as engine } from "./plain-engine.js";

const rows = (...values: number[][]): ReturnType<typeof matrix32> =>
  matrix32(values.length, values[0].length, Float32Array.from(values.flat()));

describe("scoreBlocks", () => {
  it("gives cosines, whatever the lengths of the rows", async () => {
    const blocks: ScoreBlock[] = [];
    await scoreBlocks(rows([3, 0], [1e-30, 1e-30]), rows([0, 5], [2, 0]), [{ add: (block) => blocks.push(block) }], { engine });
    expectClose(blocks[0].scores.data, [0, 1, Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)], exact);
  });

  it("gives the same scores in blocks of any size, in probe order", async () => {
    const random = createRandom(3);
    const some = (count: number): ReturnType<typeof matrix32> =>
      matrix32(
        count,
        4,
        Float32Array.from({ length: count * 4 }, () => random.normal()),
      );
    const [probes, gallery] = [some(7), some(5)];
    for (const blockSize of [1, 10, 12, 1000]) {
      const seen = new Float32Array(35);
      const starts: number[] = [];
      const add = ({ firstProbe, scores }: ScoreBlock): void => {
        starts.push(firstProbe);
        seen.set(scores.data, firstProbe * 5);
      };
      await scoreBlocks(probes, gallery, [{ add }], { engine, blockSize });
      const whole: ScoreBlock[] = [];
      await scoreBlocks(probes, gallery, [{ add: (block) => whole.push(block) }], { engine });
      expectClose(seen, whole[0].scores.data, exact);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
  });

  it("scores rows without a direction −∞ against everything, and counts them", async () => {
    const blocks: ScoreBlock[] = [];
    const add = (block: ScoreBlock): void => void blocks.push(block);
    const summary = await scoreBlocks(rows([1, 0], [0, 0], [0, 1]), rows([0, 0], [1, 0]), [{ add }], { engine, blockSize: 4 });
    expect(summary.degenerateCount).toBe(2);
    expect(blocks.map(({ scores }) => [...scores.data])).toEqual([
      [-Infinity, 1, -Infinity, -Infinity],
      [-Infinity, 0],
    ]);
  });

  it("leaves its arguments as they were", async () => {
    const probes = rows([3, 4]);
    await scoreBlocks(probes, probes, [], { engine });
    expect([...probes.data]).toEqual([3, 4]);
  });

  it("refuses widths that differ, empty sides and values that are not finite", async () => {
    const run = (probes = rows([1, 0]), gallery = rows([1, 0])): Promise<unknown> => scoreBlocks(probes, gallery, [], { engine });
    await expect(run(rows([1, 0, 0]))).rejects.toThrow(
      "scoreBlocks: probes are 3 wide and the gallery 2; map the probes into the gallery's space first",
    );
    await expect(run(matrix32(0, 2))).rejects.toThrow("scoreBlocks: probes is empty; it needs at least one row");
    await expect(run(rows([1, 0], [NaN, 0]))).rejects.toThrow("scoreBlocks: probes: row 1, column 0 is NaN");
    await expect(run(undefined, rows([1, Infinity]))).rejects.toThrow("scoreBlocks: gallery: row 0, column 1 is Infinity");
  });

  it("stops at an abort", async () => {
    const signal = AbortSignal.abort();
    await expect(scoreBlocks(rows([1, 0]), rows([1, 0]), [], { engine, signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});
