import { expect, test } from "vitest";
import { listEncoderManifests } from "../../lib/data/index.js";
import { verifyAllPairs } from "../../lib/metrics/index.js";
import { auc } from "../../lib/metrics/verification.js";
import { openStudy } from "../../lib/study/index.js";

test("every strong face network of the pack has an all-pairs AUC of at least .99 on LFW", async () => {
  const study = await openStudy({ workers: 1 });
  const networks = (await listEncoderManifests()).flatMap((network) => (network.kind === "face" && network.packed ? [network] : []));
  const strong = networks.filter(({ reported }) => reported !== null && reported.auc >= 0.99);
  expect(strong.length).toBe(5);
  for (const { id } of strong) {
    const { embeddings, items } = await study.load(id, "lfw");
    const { evaluation } = await verifyAllPairs(
      embeddings,
      items.map(({ identity }) => identity),
      { engine: study.engine },
    );
    expect(auc(evaluation), id).toBeGreaterThanOrEqual(0.99);
  }
});
