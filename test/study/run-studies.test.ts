import { expect, it } from "vitest";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { runStudies } from "../../lib/study/run-studies.js";
import { runStudy } from "../../lib/study/run-study.js";
import { countEvaluations, type StudyContext, type StudySpec } from "../../lib/study/study-spec.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

it("runs each study as it runs alone, under one count of evaluations", async () => {
  const faces = syntheticFaces("lfw", 40, 3, 1);
  const context: StudyContext = {
    load: (encoder) => Promise.resolve(syntheticEmbeddings(encoder, 12, faces)),
    faceSets: [syntheticManifest("lfw")],
    overlap: [],
    engine: createOnnxEngine({ threads: 1 }),
  };
  const pairs = [{ source: "one", target: "other" }];
  const base: StudySpec = { experiment: "several", pairs, maps: ["native", "procrustes"], fitSet: "lfw", testSet: "lfw", seed: 0 };
  const specs = [base, { ...base, seed: 1 }, { ...base, fraction: 0.5 }];
  const counts: number[] = [];
  let ends = 0;
  const progress = {
    update: (done: number) => {
      counts.push(done);
    },
    end: () => {
      ends++;
    },
  };
  const results = await runStudies(specs, { ...context, progress });
  for (const [i, spec] of specs.entries()) expect(results[i].rows).toEqual((await runStudy(spec, context)).rows);
  expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
  expect(counts).toHaveLength(specs.reduce((sum, spec) => sum + countEvaluations(spec), 0));
  expect(ends).toBe(1);
  expect(results[2].rows[4].train).toBeLessThan(results[0].rows[4].train);
});
