import { describe, expect, it } from "vitest";
import { computeMoments, normaliseRows, type PairedRows } from "../../lib/align/index.js";
import { takeRows } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { compareClouds, createPermuter, identityParts, type PermutationScheme, type SimilarityRow } from "../../lib/geometry/index.js";
import { openStudy } from "../../lib/study/index.js";

const study = await openStudy();
const { engine } = study;
const [first, second] = [await study.load("face_mobileface_v3", "lfw"), await study.load("face_edgeface_xxs", "lfw")];
const identities = first.items.slice(0, 1000).map(({ identity }) => identity);
const rows = (set: typeof first) => normaliseRows(takeRows(set.embeddings, Array.from(identities.keys())));
const pair: PairedRows = { source: rows(first), target: rows(second) };

describe("two networks of the embedded pack", () => {
  it.each(["rows", "identities", "within-identity"] as const)("agree beyond chance (%s)", async (scheme) => {
    for (const { measure, p, calibrated } of await compared(pair, scheme, 1)) {
      expect([measure, p]).toEqual([measure, 1 / 201]);
      expect(calibrated, measure).toBeGreaterThan(0);
    }
  });

  it.each(["rows", "identities", "within-identity"] as const)("calibrate to 0 when rows are permuted (%s)", async (scheme) => {
    const random = createRandom(2);
    const permuter = createPermuter(identities, scheme);
    const above = new Map<string, number>();
    for (let control = 0; control < 4; control++) {
      const permuted = { source: pair.source, target: takeRows(pair.target, permuter.draw(random)) };
      for (const { measure, value, calibrated, draws } of await compared(permuted, scheme, control)) {
        const spread = Math.max(...draws) - Math.min(...draws);
        expect(Math.abs(value - (Math.max(...draws) + Math.min(...draws)) / 2), measure).toBeLessThan(spread);
        above.set(measure, (above.get(measure) ?? 0) + (calibrated > 0 ? 1 : 0));
      }
    }
    // Of four controls at level 0.05 more than two are above τ once in 2,000 times.
    for (const [measure, count] of above) expect(count, measure).toBeLessThanOrEqual(2);
  });

  it("agree about people more than about photographs", async () => {
    const [source, target] = [identityParts(pair.source, identities), identityParts(pair.target, identities)];
    const means = await compared({ source: source.means, target: target.means }, "rows", 3, source.names);
    const people = [...source.residualRows].map((row) => identities[row]);
    const residuals = await compared({ source: source.residuals, target: target.residuals }, "within-identity", 3, people);
    const debiased = (results: readonly SimilarityRow[]): number => results.find(({ measure }) => measure === "cka-debiased")!.calibrated;
    expect(debiased(residuals)).toBeGreaterThan(0);
    expect(debiased(means)).toBeGreaterThan(debiased(residuals));
  });
});

async function compared(
  rowsOf: PairedRows,
  scheme: PermutationScheme,
  seed: number,
  names: readonly string[] = identities,
): Promise<SimilarityRow[]> {
  const moments = await computeMoments(rowsOf.source, rowsOf.target, names, { engine });
  const measures = ["cka", "cka-debiased", "r2", "mutual-knn", ...(scheme === "rows" ? [] : (["mutual-knn-within"] as const))] as const;
  return compareClouds(moments, rowsOf, names, { scheme, measures, random: createRandom(seed), engine });
}
