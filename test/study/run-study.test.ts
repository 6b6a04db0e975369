import { describe, expect, it } from "vitest";
import { fitLeastSquares } from "../../lib/align/least-squares.js";
import { computeMoments } from "../../lib/align/moments.js";
import { normaliseRows } from "../../lib/align/rows.js";
import { DataError, ValueError } from "../../lib/core/errors.js";
import { takeRows } from "../../lib/core/matrix.js";
import type { Progress } from "../../lib/core/progress.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import type { EmbeddingSet } from "../../lib/data/embedding-set.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { planStudy } from "../../lib/study/protocol.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { runStudy } from "../../lib/study/run-study.js";
import { scoreMap, type TestRows } from "../../lib/study/score-map.js";
import { countEvaluations, orderedPairs, type StudyContext, type StudySpec } from "../../lib/study/study-spec.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const engine = createOnnxEngine({ threads: 1 });
const widths: Readonly<Record<string, number>> = { narrow: 16, middle: 20, wide: 24 };
const faces = { lfw: syntheticFaces("lfw", 100, 4, 1), cfp: syntheticFaces("cfp", 60, 4, 2) };
const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> =>
  Promise.resolve(syntheticEmbeddings(encoder, widths[encoder], faces[faceSet as keyof typeof faces]));

const context: StudyContext = { load, faceSets: [syntheticManifest("lfw"), syntheticManifest("cfp")], overlap: [], engine };
const spec: StudySpec = {
  experiment: "synthetic",
  pairs: orderedPairs(["narrow", "wide"]),
  maps: ["native", "zero-pad", "least-squares", "ridge", "procrustes"],
  fitSet: "lfw",
  testSet: "lfw",
  seed: 0,
};

const valueOf = (rows: readonly ResultRow[], map: string, metric: string, frame = "centred"): number[] =>
  rows.filter((row) => row.map === map && row.metric === metric && row.frame === frame).map((row) => row.value);

describe("runStudy", () => {
  it("lifts identification from chance to what the networks reach by themselves", async () => {
    const { rows } = await runStudy(spec, context);
    for (const value of valueOf(rows, "native", "rank1")) expect(value).toBeGreaterThan(0.95);
    // Chance is 1 of 30; three standard errors of 90 probes above it.
    for (const value of valueOf(rows, "zero-pad", "rank1")) expect(value).toBeLessThan(1 / 30 + 3 * Math.sqrt(1 / 30 / 90));
    for (const map of ["least-squares", "ridge", "procrustes"]) {
      // The networks' coordinates are no rotations of each other, so a rotation comes less close.
      const enough = map === "procrustes" ? 0.85 : 0.9;
      for (const value of valueOf(rows, map, "rank1")) expect(value).toBeGreaterThan(enough);
      for (const value of valueOf(rows, map, "auc")) expect(value).toBeGreaterThan(0.98);
    }
  });

  it("gives one row a value, in the order of the spec, with the counts of the protocol", async () => {
    const { rows, curves, degenerateCount, plan } = await runStudy({ ...spec, ranks: [1], fmrs: [1e-2, 5e-3] }, context);
    expect(rows).toHaveLength(10 * 2 * 5);
    expect(rows.slice(0, 5).map(({ metric }) => metric)).toEqual(["rank1", "auc", "eer", "tmr@fmr=1e-2", "tmr@fmr=5e-3"]);
    expect([...new Set(rows.map(({ source, target, map, frame }) => `${source} ${target} ${map} ${frame}`))].slice(0, 6)).toEqual([
      "wide wide native centred",
      "wide wide native raw",
      "narrow narrow native centred",
      "narrow narrow native raw",
      "narrow wide zero-pad centred",
      "narrow wide zero-pad raw",
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ experiment: "synthetic", fitSet: "lfw", testSet: "lfw", seed: 0, engine: "onnx" });
      expect([row.train, row.gallery, row.probes]).toEqual([240, 30, 90]);
      expect(row.low! <= row.value && row.value <= row.high!).toBe(true);
    }
    expect([curves.length, degenerateCount, plan.train.length]).toEqual([10 * 2, 0, 240]);
  });

  it("draws the CMC within its interval over people, whose ends are those of the rows", async () => {
    const { rows, curves } = await runStudy({ ...spec, ranks: [1, 3] }, context);
    for (const { source, target, map, frame, cmc, cmcLow, cmcHigh } of curves) {
      expect([cmc.length, cmcLow.length, cmcHigh.length]).toEqual([30, 30, 30]);
      const own = rows.filter((row) => row.source === source && row.target === target && row.map === map && row.frame === frame);
      const third = own.find(({ metric }) => metric === "rank3")!;
      expect([cmc[2], cmcLow[2], cmcHigh[2]]).toEqual([third.value, third.low, third.high]);
    }
  });

  it("measures networks by themselves alone when no map is asked for", async () => {
    const { rows } = await runStudy({ ...spec, maps: ["native"], ranks: [1] }, context);
    const natives = (await runStudy({ ...spec, ranks: [1] }, context)).rows.filter(({ map }) => map === "native");
    expect(rows).toEqual(natives);
  });

  it("gives the same rows again, and the same rows of a pair whatever else is studied", async () => {
    const all = await runStudy({ ...spec, pairs: orderedPairs(["narrow", "middle", "wide"]) }, context);
    const one = await runStudy({ ...spec, pairs: [{ source: "narrow", target: "wide" }] }, context);
    const again = await runStudy({ ...spec, pairs: [{ source: "narrow", target: "wide" }] }, context);
    expect(again.rows).toEqual(one.rows);
    expect(all.rows.filter(({ source, target }) => target === "wide" && (source === "narrow" || source === "wide"))).toEqual(one.rows);
  });

  it("draws the curves of every map in every frame, of 200 points at most", async () => {
    const { curves } = await runStudy({ ...spec, maps: ["procrustes"] }, context);
    expect(curves.map(({ source, target, map, frame }) => [source, target, map, frame].join(" "))).toEqual([
      "narrow wide procrustes centred",
      "narrow wide procrustes raw",
      "wide narrow procrustes centred",
      "wide narrow procrustes raw",
    ]);
    for (const { cmc, roc } of curves) {
      expect(cmc).toHaveLength(30);
      expect(roc.length).toBeLessThanOrEqual(200);
    }
  });

  it("fits on one face set and tests on another, without the people of the test", async () => {
    const overlap = faces.cfp.items.map(({ identity }) => ({ cfp: identity, lfw: identity.replace("cfp", "lfw") }));
    const { rows, plan } = await runStudy({ ...spec, testSet: "cfp", maps: ["ridge"] }, { ...context, overlap });
    expect(plan.fitSplit.overlapCount).toBeGreaterThan(0);
    const tested = new Set(plan.testSplit.test.map((identity) => identity.replace("cfp", "lfw")));
    expect([...plan.fitSplit.train, ...plan.fitSplit.tune].filter((identity) => tested.has(identity))).toEqual([]);
    expect(rows[0]).toMatchObject({ fitSet: "lfw", testSet: "cfp", gallery: 18, probes: 54 });
    for (const value of valueOf(rows, "ridge", "rank1")) expect(value).toBeGreaterThan(0.9);
  });

  it("counts its evaluations", async () => {
    const seen: number[] = [];
    let ended = 0;
    const progress: Progress = {
      update: (done) => seen.push(done),
      end: () => ended++,
    };
    await runStudy({ ...spec, ranks: [1] }, { ...context, progress });
    expect([seen.length, seen[seen.length - 1], ended]).toEqual([10, countEvaluations(spec), 1]);
  });

  it("refuses a spec that names nothing, something twice, a network onto itself, or a map that there is not", async () => {
    const run = (change: Partial<StudySpec>): Promise<unknown> => runStudy({ ...spec, ...change }, context);
    await expect(run({ maps: [] })).rejects.toThrow("runStudy: synthetic has 2 pairs and 0 maps; name at least one of each");
    await expect(run({ maps: ["ridge", "ridge"] })).rejects.toThrow(
      "runStudy: synthetic names ridge twice; name each pair and each map once",
    );
    await expect(run({ pairs: [{ source: "wide", target: "wide" }] })).rejects.toThrow(
      'runStudy: synthetic maps wide onto itself; ask for the map "native" instead',
    );
    await expect(run({ maps: ["ridges"] })).rejects.toThrow('there is no map "ridges"');
    await expect(run({ fmrs: [0] })).rejects.toThrow("tmrMetric: got an FMR of 0; it must be above 0 and below 1");
  });

  it("refuses networks that embedded different images", async () => {
    const short = async (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
      const set = await load(encoder, faceSet);
      return encoder === "narrow" ? set : { ...set, items: set.items.slice(0, -1) };
    };
    await expect(runStudy(spec, { ...context, load: short })).rejects.toThrow(
      "lfw: row 399 of wide is no image, and of narrow lfw_099/3.jpg; embed the same images with both networks",
    );
  });

  it("refuses networks whose images come in another order", async () => {
    const swapped = async (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
      const set = await load(encoder, faceSet);
      const [first, second, ...rest] = set.items;
      return encoder === "narrow" ? set : { ...set, items: [second, first, ...rest] };
    };
    await expect(runStudy(spec, { ...context, load: swapped })).rejects.toThrow(
      new DataError("lfw: row 0 of wide is lfw_000/1.jpg, and of narrow lfw_000/0.jpg; embed the same images with both networks"),
    );
  });

  it("stops at an abort", async () => {
    await expect(runStudy(spec, { ...context, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("scoreMap", () => {
  const faceSet = syntheticManifest("lfw");
  const set = { faceSet, studySet: faceSet.studySets[0], items: faces.lfw.items };
  const plan = planStudy(set, set, { seed: 0, overlap: [] });
  const narrow = normaliseRows(syntheticEmbeddings("narrow", 16, faces.lfw).embeddings);
  const wide = normaliseRows(syntheticEmbeddings("wide", 24, faces.lfw).embeddings);
  const names = (rows: Int32Array): string[] => Array.from(rows, (row) => `lfw/${faces.lfw.items[row].identity}`);
  const test: TestRows = {
    probes: takeRows(narrow, plan.probes),
    gallery: takeRows(wide, plan.gallery),
    probeIdentities: names(plan.probes),
    galleryIdentities: names(plan.gallery),
    otherNames: [],
  };
  const rank1 = async (order: ArrayLike<number>): Promise<number> => {
    const target = takeRows(takeRows(wide, plan.train), order);
    const moments = await computeMoments(takeRows(narrow, plan.train), target, names(plan.train), { engine });
    const { values } = await scoreMap(await fitLeastSquares(moments, { engine }), test, { engine });
    return values.find(({ metric }) => metric === "rank1")!.value;
  };

  it.each([1, 2, 3])("stays at chance when the training pairs are shuffled (seed %i)", async (seed) => {
    expect(await rank1(plan.train.map((_, i) => i))).toBeGreaterThan(0.9);
    // The order of the test people's best matches is that of 30 at random: mean 1/30 over 90 probes in 30 clusters of 3.
    expect(await rank1(permutation(plan.train.length, createRandom(seed)))).toBeLessThan(1 / 30 + 3 * Math.sqrt(1 / 30 / 30));
  });

  it("refuses to score a map on people it was fitted on, by whatever name", async () => {
    const moments = await computeMoments(takeRows(narrow, plan.train), takeRows(wide, plan.train), names(plan.train), { engine });
    const map = await fitLeastSquares(moments, { engine });
    const trained = { probes: takeRows(narrow, plan.train), probeIdentities: names(plan.train) };
    const first = names(plan.train)[0];
    await expect(scoreMap(map, { ...test, ...trained }, { engine })).rejects.toMatchObject({
      name: "SplitError",
      message: `scoreMap: least-squares was fitted on 60 of the people it is scored on, ${first} among them; score it on others, fit it without them, or say in allowSeen why this is right`,
    });
    await expect(scoreMap(map, { ...test, otherNames: [first] }, { engine })).rejects.toThrow("was fitted on 1 of the people");
    const allowSeen = "two people of the same name";
    expect(await scoreMap(map, { ...test, otherNames: [first] }, { allowSeen, engine })).toEqual(await scoreMap(map, test, { engine }));
    await expect(scoreMap(map, test, { allowSeen: " ", engine })).rejects.toThrow(
      new ValueError("scoreMap: allowSeen is empty; say why people who were fitted on may be scored, or leave it out"),
    );
    await expect(scoreMap(map, { ...test, gallery: test.probes }, { engine })).rejects.toThrow(
      "scoreMap: the gallery is 16 wide and least-squares maps to 24; pass rows of its target network",
    );
    await expect(scoreMap(map, { ...test, galleryIdentities: [] }, { engine })).rejects.toThrow(
      "evaluate: got 90 and 0 identities for 90 probes and 30 gallery rows; give one for each row",
    );
  });
});
