import { expect, test } from "vitest";
import { computeMoments, normaliseRows } from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { takeRows } from "../../lib/core/matrix.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { identityNames, keyOf, prepareStudy, runStudy, type StudyContext, type StudySpec } from "../../lib/study/index.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const faces = syntheticFaces("lfw", 40, 3, 1);
const engine = createOnnxEngine({ threads: 1 });
const sets = new Map(["one", "other"].map((encoder) => [encoder, syntheticEmbeddings(encoder, 16, faces)]));
const context: StudyContext = {
  load: (encoder) => Promise.resolve(sets.get(encoder)!),
  faceSets: [syntheticManifest("lfw")],
  overlap: [],
  engine,
};
const pair = { source: "one", target: "other" };
const spec: StudySpec = { experiment: "given", pairs: [pair], maps: ["native", "ridge"], fitSet: "lfw", testSet: "lfw", seed: 0 };

test("a study of moments that were summed before gives the rows that it gives by itself, and refuses those of other rows", async () => {
  const { plan } = await prepareStudy(spec, context);
  const [source, target] = ["one", "other"].map((encoder) => normaliseRows(takeRows(sets.get(encoder)!.embeddings, plan.train)));
  const moments = await computeMoments(source, target, identityNames(sets.get("one")!, plan.train), { engine });
  const given = { ...context, moments: new Map([[keyOf(pair), moments]]) };
  expect((await runStudy(spec, given)).rows).toEqual((await runStudy(spec, context)).rows);
  const other = runStudy({ ...spec, seed: 1 }, given);
  await expect(other).rejects.toThrow(ValueError);
  await expect(other).rejects.toThrow(
    /^prepareStudy: the moments of one → other are of \d+ rows without lfw\/.*, and \d+ are trained on; sum them with the same sets and seed$/,
  );
});
