import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { mapKinds } from "../../lib/align/index.js";
import { listEncoderManifests, projectFolder } from "../../lib/data/index.js";
import { openStudy, orderedPairs, type ResultRow, runStudy } from "../../lib/study/index.js";

/** The float32 sets that the pack was made from: `facebridge embed --encoders packed` for lfw and cfp. They are too large to commit. */
const embeddings = path.join(projectFolder, "embeddings");
const here = existsSync(path.join(embeddings, "lfw")) && existsSync(path.join(embeddings, "cfp"));
if (!here) {
  // eslint-disable-next-line no-console -- whoever reads the result must see that these tests did not run
  console.warn("\n!!! SKIPPED: the pack against its float32 embeddings. Make embeddings/ with `facebridge embed` to run it.\n");
}

const compared = ["rank1", "auc", "tmr@fmr=1e-2"];

async function study(folder: string, set: string, kind: "face" | "vision"): Promise<ResultRow[]> {
  const networks = (await listEncoderManifests()).flatMap((network) => (network.kind === kind && network.packed ? [network.id] : []));
  const maps = mapKinds.map(({ name }) => name);
  const spec = {
    experiment: "pack",
    pairs: orderedPairs(networks),
    maps,
    fitSet: set,
    testSet: set,
    seed: 0,
    frames: ["centred"] as const,
  };
  const { rows } = await runStudy(spec, await openStudy({ folder, workers: 1 }));
  return rows.filter(({ metric }) => compared.includes(metric));
}

describe.skipIf(!here)("recognition from the pack and from float32 embeddings", () => {
  test.each([
    ["lfw", "face"],
    ["cfp", "face"],
    ["cfp-fp", "face"],
    ["lfw", "vision"],
  ] as const)("agree on %s for %s networks: within .002 in the means over pairs, .01 in each pair", async (set, kind) => {
    const [plain, packed] = [await study(embeddings, set, kind), await study(path.join(projectFolder, "data"), set, kind)];
    const sums = new Map<string, number[]>();
    plain.forEach(({ source, target, map, metric, value }, i) => {
      expect(packed[i]).toMatchObject({ source, target, map, metric });
      const difference = packed[i].value - value;
      expect(Math.abs(difference), `${source} → ${target} ${map} ${metric}`).toBeLessThan(0.01);
      sums.set(`${map} ${metric}`, [...(sums.get(`${map} ${metric}`) ?? []), difference]);
    });
    for (const [name, differences] of sums) {
      expect(Math.abs(differences.reduce((sum, v) => sum + v, 0) / differences.length), name).toBeLessThan(0.002);
    }
  });
});
