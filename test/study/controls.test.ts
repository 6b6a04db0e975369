import { describe, expect, it } from "vitest";
import type { EmbeddingSet } from "../../lib/data/embedding-set.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import type { Evaluation } from "../../lib/study/evaluate.js";
import { meanEvaluation } from "../../lib/study/mean-evaluation.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { runStudy } from "../../lib/study/run-study.js";
import { orderedPairs, type StudyContext, type StudySpec } from "../../lib/study/study-spec.js";
import { testClouds } from "../../lib/study/test-clouds.js";
import { algebra, expectClose, expectCloseTo } from "../close.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const engine = createOnnxEngine({ threads: 1 });
const widths: Readonly<Record<string, number>> = { narrow: 16, wide: 24 };
const faces = syntheticFaces("lfw", 200, 4, 1);
const load = (encoder: string): Promise<EmbeddingSet> => Promise.resolve(syntheticEmbeddings(encoder, widths[encoder], faces));
const context: StudyContext = { load, faceSets: [syntheticManifest("lfw")], overlap: [], engine };
const spec: StudySpec = {
  experiment: "controls",
  pairs: orderedPairs(["narrow", "wide"]),
  maps: ["least-squares", "ridge", "procrustes", "low-rank", "cca", "relative"],
  fitSet: "lfw",
  testSet: "lfw",
  seed: 0,
  frames: ["centred"],
};
/** Rank-1 of 60 people's images at random. */
const chance = 1 / 60;
/** Three standard errors above it, of 180 probes in clusters of three. */
const mostByChance = chance + 3 * Math.sqrt(chance / 60);

const rank1Of = (rows: readonly ResultRow[]): ResultRow[] => rows.filter(({ metric }) => metric === "rank1");

describe("a study with a control", () => {
  it.each([
    ["shuffled", 0],
    ["shuffled", 1],
    ["identity-shuffled", 0],
    ["identity-shuffled", 1],
  ] as const)("falls to chance with pairs that are %s (seed %i)", async (control, seed) => {
    const { rows } = await runStudy({ ...spec, control, seed }, context);
    expect([...new Set(rows.map(({ map }) => map))]).toEqual(spec.maps.map((map) => `${map}/${control}`));
    for (const { map, value } of rank1Of(rows)) expect(value, map).toBeLessThan(mostByChance);
    // A random turn of ten latents has a trace of 0 ± 1, which moves the mean genuine cosine by 0 ± 0.1, and the AUC by 0 ± 0.09; of ten
    // draws the mean moves by 0 ± 0.03.
    for (const { map, value } of rows.filter(({ metric }) => metric === "auc")) expect(Math.abs(value - 0.5), map).toBeLessThan(0.1);
  });

  it("does well with another image of the same person, and no better than with the same image", async () => {
    const maps = ["least-squares", "ridge", "procrustes"];
    const [same, other] = [await runStudy({ ...spec, maps }, context), await runStudy({ ...spec, maps, control: "other-image" }, context)];
    const mean = (rows: readonly ResultRow[]): number => rank1Of(rows).reduce((sum, { value }) => sum + value / (2 * maps.length), 0);
    expect(mean(other.rows)).toBeGreaterThan(0.7);
    expect(mean(other.rows)).toBeLessThanOrEqual(mean(same.rows));
  });

  it("gives the same rows again, and of one direction whatever else is studied", async () => {
    const all = await runStudy({ ...spec, control: "identity-shuffled" }, context);
    const alone = await runStudy({ ...spec, control: "identity-shuffled", pairs: [{ source: "wide", target: "narrow" }] }, context);
    expect(alone.rows).toEqual(all.rows.filter(({ source }) => source === "wide"));
  });

  it("leaves the native baseline and the test as they are", async () => {
    const maps = ["native", "zero-pad"];
    const [plain, control] = [await runStudy({ ...spec, maps }, context), await runStudy({ ...spec, maps, control: "shuffled" }, context)];
    expect(control.plan).toEqual(plain.plan);
    const native = ({ map }: ResultRow): boolean => map === "native";
    expect(control.rows.filter(native)).toEqual(plain.rows.filter(native));
  });
});

describe("a study that names why it fits on the tested people", () => {
  it("says so in the names of its maps, and does better than from as many other people", async () => {
    const pairs = [{ source: "wide", target: "narrow" }];
    // Twelve people make few rows for 24 dimensions, so that a free map can learn them by heart.
    const few = {
      ...context,
      load: (encoder: string) => Promise.resolve(syntheticEmbeddings(encoder, widths[encoder], syntheticFaces("lfw", 40, 3, 2))),
    };
    const study = { ...spec, pairs, maps: ["least-squares"], frames: ["centred" as const] };
    const [fair, leaking] = [
      await runStudy({ ...study, fraction: 0.5 }, few),
      await runStudy({ ...study, allowSeen: "to show the gap" }, few),
    ];
    expect(leaking.rows[0].map).toBe("least-squares/seen");
    expect(Math.abs(leaking.rows[0].train - fair.rows[0].train)).toBeLessThanOrEqual(3);
    expect(rank1Of(leaking.rows)[0].value).toBeGreaterThan(rank1Of(fair.rows)[0].value);
  });

  it("is refused without a reason", async () => {
    await expect(runStudy({ ...spec, allowSeen: " " }, context)).rejects.toThrow(
      "scoreMap: allowSeen is empty; say why people who were fitted on may be scored, or leave it out",
    );
  });
});

describe("a study of baselines", () => {
  it("finds all of them near chance, and the mean over draws of the random one", async () => {
    const maps = ["zero-pad", "truncate", "pad-to-wider", "pca", "random"];
    const { rows } = await runStudy({ ...spec, maps }, context);
    const values = rank1Of(rows);
    expect(values.map(({ map }) => map)).toEqual([...maps, ...maps]);
    for (const { map, value } of values) expect(value, map).toBeLessThan(map === "random" ? chance + 0.02 : 0.1);
    for (const { low, high, value } of values) expect(low! <= value && value <= high!).toBe(true);
  });

  it("orders a wider source's gallery alike whether it is cut or the target padded, but scores it otherwise", async () => {
    const { rows } = await runStudy(
      { ...spec, maps: ["zero-pad", "pad-to-wider", "truncate"], pairs: [{ source: "wide", target: "narrow" }] },
      context,
    );
    const [cut, padded, truncated] = [0, 1, 2].map((i) => rows.filter((_, k) => Math.floor(k / 7) === i));
    const ranks = (part: readonly ResultRow[]): number[] =>
      part.filter(({ metric }) => metric.startsWith("rank")).map(({ value }) => value);
    const aucOf = (part: readonly ResultRow[]): number => part.find(({ metric }) => metric === "auc")!.value;
    expect(ranks(padded)).toEqual(ranks(cut));
    expect(aucOf(padded)).not.toBe(aucOf(cut));
    expect(truncated.map(({ value }) => value)).toEqual(cut.map(({ value }) => value));
  });
});

describe("meanEvaluation", () => {
  const evaluation = (value: number, low: number | null, degenerateCount: number): Evaluation => ({
    values: [
      { metric: "rank1", value, low, high: value + 0.1 },
      { metric: "eer", value: 1 - value, low: null, high: null },
    ],
    cmc: [value],
    cmcLow: [value],
    cmcHigh: [value],
    roc: [],
    people: { hits: [10 * value, 1], searches: [10, 2] },
    degenerateCount,
  });

  it("takes means of values and bounds, and the curves of the first", () => {
    const mean = meanEvaluation([evaluation(0.2, 0.1, 1), evaluation(0.4, 0.2, 2)]);
    expect(mean.values.map(({ metric }) => metric)).toEqual(["rank1", "eer"]);
    expectClose([mean.values[0].value, mean.values[0].low!, mean.values[0].high!, mean.values[1].value], [0.3, 0.15, 0.4, 0.7], algebra);
    expect([mean.values[1].low, mean.values[1].high]).toEqual([null, null]);
    expect([mean.cmc, mean.degenerateCount]).toEqual([[0.2], 3]);
    expectClose(mean.people.hits, [3, 1], algebra);
    expect(mean.people.searches).toEqual([10, 2]);
  });

  it("has no bound where one of them has none, and leaves one alone as it is", () => {
    const one = evaluation(0.2, null, 0);
    expect(meanEvaluation([one, evaluation(0.4, 0.2, 0)]).values[0].low).toBeNull();
    expect(meanEvaluation([one])).toBe(one);
  });
});

describe("testClouds", () => {
  const clouds = { source: "narrow", target: "wide", map: "procrustes", fitSet: "lfw", testSet: "lfw", seed: 0, people: 3 };

  it("gives three clouds of unit rows in the target's space", async () => {
    const { points, labels } = await testClouds(clouds, context);
    expect([points.rows, points.columns, labels.length]).toEqual([36, 24, 36]);
    expect(labels.filter((_, i) => i % 12 === 0).map(({ cloud }) => cloud)).toEqual(["source", "mapped", "target"]);
    expectCloseTo(
      points.data.subarray(0, 24).reduce((sum, value) => sum + value * value, 0),
      1,
      { ...algebra, absolute: 1e-6 },
    );
  });

  it("refuses maps that lead elsewhere, and people that there are not", async () => {
    await expect(testClouds({ ...clouds, map: "relative" }, context)).rejects.toThrow(
      "testClouds: relative compares source and target in a third space; choose a map into the target's",
    );
    await expect(testClouds({ ...clouds, people: 61 }, context)).rejects.toThrow(
      "testClouds: got 61 people; there are 60 test identities, so give 1 to 60",
    );
  });
});
