import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { attackSystem, attackSystems, type AttackResult, type AttackSpec } from "../../lib/study/attack.js";
import { attackCurves, attackFigure, attackRows } from "../../lib/study/attack-results.js";
import { drawnInterval } from "../../lib/study/drawn-interval.js";
import { formatResultRows, parseResultRows } from "../../lib/study/result-file.js";
import { runStudy } from "../../lib/study/run-study.js";
import type { StudyContext } from "../../lib/study/study-spec.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const faces = { lfw: syntheticFaces("lfw", 120, 4, 1), cfp: syntheticFaces("cfp", 60, 4, 2) };
const widths: Readonly<Record<string, number>> = { robbed: 20, cousin: 20, attacked: 16 };
const context: StudyContext = {
  load: (encoder, set) => Promise.resolve(syntheticEmbeddings(encoder, widths[encoder], faces[set as "lfw" | "cfp"])),
  faceSets: [syntheticManifest("lfw"), syntheticManifest("cfp")],
  overlap: [],
  engine: createOnnxEngine({ threads: 1 }),
};
const pair = { source: "robbed", target: "attacked" };
const attack = async (spec: Partial<AttackSpec>): Promise<AttackResult[]> =>
  attackSystem({ ...pair, knowledge: "pairs", fitSet: "lfw", testSet: "lfw", seed: 0, leaks: [Infinity], ...spec }, context);
const figure = attackFigure;
const reached = async (spec: Partial<AttackSpec>, metric = "rank1"): Promise<number> => figure((await attack(spec)).at(-1)!, metric).value;

const chance = 1 / 36; // people in the gallery

describe("attackSystem", () => {
  it("reaches what the study measures of the same map, with all pairs", async () => {
    const spec = { experiment: "same", pairs: [pair], maps: ["procrustes"], fitSet: "lfw", testSet: "lfw", seed: 0 };
    const { rows } = await runStudy(spec, context);
    const rank1 = rows.find(({ metric, frame }) => metric === "rank1" && frame === "centred")!.value;
    expect(await reached({})).toBeCloseTo(rank1, 9); // the leaked rows' own mean is the system's
  });

  it("links and enters more with each larger leak, and nothing when templates are read by their index", async () => {
    const [few, some, all] = await attack({ leaks: [Infinity, 4, 16], drawCount: 4 });
    expect([few, some, all].map(({ leak }) => leak)).toEqual([4, 16, 288]);
    const metrics = ["sar@fmr=1e-2", "rank1", "linkability"];
    for (const metric of metrics) {
      const [one, two, three] = [few, some, all].map((result) => figure(result, metric));
      expect(one.value).toBeLessThan(two.value);
      expect(two.value).toBeLessThan(three.value);
      for (const { value, low, high } of [one, two, three]) expect([low! <= value, value <= high!]).toEqual([true, true]);
    }
    const [nothing] = await attack({ knowledge: "nothing" });
    expect(nothing.leak).toBe(0);
    expect(figure(nothing, "rank1").value).toBeLessThan(4 * chance);
    expect(Math.abs(figure(nothing, "linkability").value)).toBeLessThan(0.1);
  });

  it("says what linkability is made of", async () => {
    const [result] = await attack({ leaks: [8], drawCount: 1 });
    const [linkability, dSys, none] = ["linkability", "d-sys", "d-sys-null"].map((metric) => figure(result, metric).value);
    expect(linkability).toBeCloseTo((dSys - none) / (1 - none), 12);
  });

  it("carries templates over with pairs of other people's set, and not with those of another network", async () => {
    expect(await reached({ fitSet: "cfp" })).toBeGreaterThan(0.9);
    expect(await reached({ knowledge: "sibling-pairs", sibling: "cousin" })).toBeLessThan(4 * chance);
  });

  it("is the attacked system's own recognition where its own templates come back", async () => {
    const spec = {
      experiment: "own",
      pairs: [pair],
      maps: ["native"],
      fitSet: "lfw",
      testSet: "lfw",
      seed: 0,
      frames: ["centred" as const],
    };
    const { rows } = await runStudy(spec, context);
    const [replayed] = await attack({ knowledge: "replay" });
    const native = (metric: string): number => rows.find((row) => row.metric === metric)!.value;
    expect([figure(replayed, "rank1").value, figure(replayed, "sar@fmr=1e-2").value]).toEqual([native("rank1"), native("tmr@fmr=1e-2")]);
  });

  it.each(["same-photographs", "same-people", "other-people"] as const)(
    "tries %s with what there is of both systems",
    async (knowledge) => {
      const [{ leak, figures }] = await attack({ knowledge });
      expect(leak).toBe(knowledge === "same-photographs" ? 288 : Math.floor(0.45 * 288));
      for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
    },
  );

  it.each(["rotation", "projection", "subset"] as const)(
    "%s gives way to pairs under its secrets, and holds against pairs without",
    async (protection) => {
      expect(await reached({ protection })).toBeGreaterThan(0.4);
      expect(await reached({ protection, knowledge: "bare-pairs" })).toBeLessThan(5 * chance);
    },
  );

  it("gives way to pairs of quantised templates", async () => {
    expect(await reached({ protection: "quantisation" })).toBeGreaterThan(0.8);
  });

  it("finds templates under another secret of the same network only with pairs", async () => {
    const renewed = { source: "robbed", target: "robbed", protection: "rotation" } as const;
    expect(await reached({ ...renewed, knowledge: "nothing" })).toBeLessThan(5 * chance);
    expect(await reached(renewed)).toBeGreaterThan(0.9);
  });

  it("is the same again", async () => {
    expect(await attack({ leaks: [6] })).toEqual(await attack({ leaks: [6] }));
  });

  it("makes several attacks as it makes each, and counts them", async () => {
    const spec: AttackSpec = { ...pair, knowledge: "pairs", fitSet: "lfw", testSet: "lfw", seed: 0, leaks: [6] };
    const counted: number[] = [];
    const progress = { update: (done: number) => { counted.push(done); }, end: () => undefined }; // prettier-ignore
    const parts = { own: [spec, { ...spec, leaks: [4] }], other: [{ ...spec, fitSet: "cfp" }] };
    const found = await attackSystems(parts, { ...context, progress });
    expect(found.own).toEqual([...(await attack({ leaks: [6] })), ...(await attack({ leaks: [4] }))]);
    expect(found.other).toEqual(await attack({ leaks: [6], fitSet: "cfp" }));
    expect(counted).toEqual([1, 2, 3]);
  });

  it("says what it needs", async () => {
    await expect(attack({ knowledge: "sibling-pairs" })).rejects.toThrow(ValueError);
    await expect(attack({ knowledge: "sibling-pairs" })).rejects.toThrow(
      "attackSystem: sibling-pairs on robbed need a sibling; name another network of its family",
    );
    await expect(attack({ leaks: [1] })).rejects.toThrow("attackSystem: got leaks of 1; each must be at least 2 templates");
    await expect(attack({ leaks: [] })).rejects.toThrow("attackSystem: got leaks of nothing; each must be at least 2 templates");
  });
});

const found = [...(await attack({ leaks: [4, 16], drawCount: 1 })), ...(await attack({ knowledge: "nothing", protection: "rotation" }))];

describe("attackCurves and attackRows", () => {
  it("draw a curve for each knowledge that something leaked of", () => {
    const [curve, ...others] = attackCurves(found, "rank1");
    expect(others).toEqual([]);
    expect([curve.label, curve.x, curve.y]).toEqual([
      "pairs, lfw",
      [4, 16],
      found.slice(0, 2).map((result) => figure(result, "rank1").value),
    ]);
    expect(attackCurves(found, "d-sys")[0].low).toEqual(attackCurves(found, "d-sys")[0].y);
  });

  it("write what was known and what protects for the map, and what leaked for the fitted rows", () => {
    const rows = attackRows(found, "attack");
    expect(parseResultRows(formatResultRows(rows), "rows.json")).toEqual(rows);
    expect([...new Set(rows.map(({ map, train }) => `${map} ${train}`))]).toEqual(["pairs 4", "pairs 16", "nothing/rotation 0"]);
    expect(rows[0]).toMatchObject({ ...pair, metric: "sar@fmr=1e-2", gallery: 36, probes: 108 });
  });

  it("names the metrics that there are", () => {
    expect(() => attackFigure(found[0], "eer")).toThrow(
      "attackFigure: there is no eer; an attack has sar@fmr=1e-2, sar@fmr=1e-3, sar@fmr=1e-4, rank1, linkability, d-sys, d-sys-null",
    );
  });
});

describe("drawnInterval", () => {
  const people = { peopleVariance: 4e-4, peopleCount: 100 };

  it("is the people's interval where there is one draw", () => {
    const { mean, low, high } = drawnInterval([0.5], { ...people, isShare: false });
    expect(mean).toBe(0.5);
    expect(high - mean).toBeCloseTo(1.984 * 0.02, 4); // Student's quantile of 99 degrees of freedom
    expect(mean - low).toBeCloseTo(high - mean, 12);
  });

  it("adds what draws differ by: two that are 0.2 apart have a standard error of 0.1, and one degree of freedom", () => {
    const { mean, high } = drawnInterval([0.4, 0.6], { peopleVariance: 0, peopleCount: 100, isShare: false });
    expect([mean, high]).toEqual([0.5, 1]); // 12.7 standard errors, cut
    expect(drawnInterval([0.4, 0.6], { ...people, isShare: true }).high).toBeGreaterThan(0.6);
  });

  it("keeps a width where nothing succeeded", () => {
    const { low, high } = drawnInterval([0, 0, 0], { peopleVariance: 0, peopleCount: 100, isShare: true });
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.037, 3); // Wilson's upper bound of 0 in 100
  });
});
