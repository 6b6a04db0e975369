import { describe, expect, it } from "vitest";
import { splitMean } from "../../lib/metrics/repeated-splits.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { learningCurve } from "../../lib/study/learning-curve.js";
import { runStudies } from "../../lib/study/run-studies.js";
import type { StudyContext, StudySpec } from "../../lib/study/study-spec.js";
import { algebra, expectClose } from "../close.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const faces = syntheticFaces("lfw", 100, 4, 1);
const context: StudyContext = {
  load: (encoder) => Promise.resolve(syntheticEmbeddings(encoder, 24, faces)),
  faceSets: [syntheticManifest("lfw")],
  overlap: [],
  engine: createOnnxEngine({ threads: 1 }),
};
const pairs = [{ source: "one", target: "other" }];
const base: StudySpec = { experiment: "learning", pairs, maps: ["least-squares", "procrustes"], fitSet: "lfw", testSet: "lfw", seed: 0 };
const specs = [0.1, 0.5, 1].flatMap((fraction) => [0, 1, 2].map((seed) => ({ ...base, fraction, seed })));

describe("learningCurve", async () => {
  const results = await runStudies(specs, context);
  const points = learningCurve(specs, results, "rank1");

  it("has a point for each map and share, in order, with its rows and seeds", () => {
    expect(points.map(({ map, fraction }) => `${map} ${fraction}`)).toEqual(
      [0.1, 0.5, 1].flatMap((fraction) => ["least-squares", "procrustes"].map((map) => `${map} ${fraction}`)),
    );
    // 100 people, 60 of them for training, four rows each.
    expect(points.map(({ train }) => train)).toEqual([24, 24, 120, 120, 240, 240]);
    expect(new Set(points.map(({ seedCount }) => seedCount))).toEqual(new Set([3]));
  });

  it("means over seeds with the interval of repeated splits, of half as many test as training people", () => {
    const values = results
      .slice(3, 6)
      .map(({ rows }) => rows.find((row) => row.map === "procrustes" && row.metric === "rank1" && row.frame === "centred")!.value);
    const { mean, low, high } = splitMean(values, 0.5);
    expectClose([points[3].mean, points[3].low, points[3].high], [mean, Math.max(0, low), Math.min(1, high)], algebra);
  });

  it("refuses a single seed, and results that are not those of the specs", () => {
    expect(() => learningCurve(specs.slice(0, 1), results.slice(0, 1), "rank1")).toThrow(
      "learningCurve: least-squares has 1 seed at 0.1; an interval needs two",
    );
    expect(() => learningCurve(specs, results.slice(1), "rank1")).toThrow(
      "learningCurve: got 9 specs and 8 results; give the result of each spec",
    );
  });
});
