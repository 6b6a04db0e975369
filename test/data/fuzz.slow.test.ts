import process from "node:process";
import { expect, test } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { temporaryFolder } from "../temporary-folder.js";
import { listLoaders, mutate, tryLoad } from "./hostile-files.js";

const count = Number(process.env.FACEBRIDGE_FUZZ_COUNT ?? 2000);
const seed = Number(process.env.FACEBRIDGE_FUZZ_SEED ?? 1);
/** A file of some hundred bytes is read in milliseconds; this is for a machine that does much else. */
const longestMs = 5000;

test(`${count} mutated files end in a typed error or load, and none hangs (seed ${seed})`, { timeout: 3_600_000 }, async () => {
  const folder = await temporaryFolder();
  const random = createRandom(seed);
  const loaders = await listLoaders(folder);
  for (const loader of loaders) for (const example of loader.examples) await tryLoad(loader, folder, example);
  const ends = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const loader = loaders[i % loaders.length];
    const bytes = mutate(loader.examples[random.integer(loader.examples.length)], random);
    const start = performance.now();
    let end: string;
    try {
      end = (await tryLoad(loader, folder, bytes)) ?? "loaded";
    } catch (error) {
      expect.fail(`${loader.name}, file ${i} of seed ${seed} (base64 ${Buffer.from(bytes).toString("base64")}): ${(error as Error).stack}`);
    }
    expect(performance.now() - start, `${loader.name}, file ${i}`).toBeLessThan(longestMs);
    ends.set(`${loader.name}: ${end}`, (ends.get(`${loader.name}: ${end}`) ?? 0) + 1);
  }
  process.stdout.write(`${count} mutated files, seed ${seed}: ${[...ends].map(([end, times]) => `${end} ${times}`).join(", ")}\n`);
  expect([...ends.values()].reduce((sum, times) => sum + times, 0)).toBe(count);
});
