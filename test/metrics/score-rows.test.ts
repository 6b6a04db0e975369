import { describe, expect, it } from "vitest";
import { labelAllPairs, labelScores } from "../../lib/metrics/labels.js";
import { listScores, splitScores } from "../../lib/metrics/score-rows.js";
import { simulatePairs } from "./simulated-pairs.js";

const gallery = ["a", "b", "c"];
const probes = ["b", "b", "a"];
const pairs = simulatePairs(labelScores(probes, gallery), { seed: 1 });
const names = {
  probes: ["b/2", "b/3", "a/2"],
  probeIdentities: probes,
  gallery: ["a/1", "b/1", "c/1"],
  galleryIdentities: gallery,
};

describe("listScores", () => {
  it("names every comparison, probe by probe, and is split again to the same scores", () => {
    const rows = [...listScores(pairs, names)];
    expect(rows.map(({ probe, gallery: template }) => `${probe} ${template}`)).toEqual([
      ...["b/2 a/1", "b/2 b/1", "b/2 c/1"],
      ...["b/3 a/1", "b/3 b/1", "b/3 c/1"],
      ...["a/2 a/1", "a/2 b/1", "a/2 c/1"],
    ]);
    expect(rows[1]).toMatchObject({ probeIdentity: "b", galleryIdentity: "b", score: pairs.mated[0] });
    const { mated, nonMated } = splitScores(rows);
    expect([[...mated], [...nonMated]]).toEqual([[...pairs.mated], [...pairs.nonMated]]);
  });

  it("lists all pairs of one set once", () => {
    const all = simulatePairs(labelAllPairs(probes), { seed: 2 });
    const own = { ...names, gallery: names.probes, galleryIdentities: probes };
    expect([...listScores(all, own)].map(({ probe, gallery: template }) => `${probe} ${template}`)).toEqual([
      "b/2 b/3",
      "b/2 a/2",
      "b/3 a/2",
    ]);
  });

  it("refuses another number of names than there are probes and templates", () => {
    expect(() => listScores(pairs, { ...names, probes: [] })).toThrow(
      "listScores: got 0 and 3 names of probes, 3 and 3 of templates, for 3 probes and 3 templates; give one of each kind for each",
    );
  });
});

describe("splitScores", () => {
  it("refuses scores of one kind", () => {
    const [row] = listScores(pairs, names);
    expect(() => splitScores([row])).toThrow(
      "splitScores: got 0 mated and 1 non-mated scores; it needs both, so look whether identities are named alike on both sides",
    );
  });
});
