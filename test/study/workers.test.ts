import { expect, it } from "vitest";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { findOpenblas } from "../../lib/linalg/openblas-find.js";
import { createOpenblasEngine } from "../../lib/linalg/openblas.js";
import type * as Attack from "../../lib/study/attack.js";
import type * as RunStudies from "../../lib/study/run-studies.js";
import { orderedPairs, type StudyContext, type StudySpec } from "../../lib/study/study-spec.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

// Threads run the compiled package.
const compiled = (file: string): string => new URL(`../../dist/study/${file}`, import.meta.url).href;
const { runStudies } = (await import(compiled("run-studies.js"))) as typeof RunStudies;
const { attackSystems } = (await import(compiled("attack.js"))) as typeof Attack;

const faces = { lfw: syntheticFaces("lfw", 60, 4, 1), cfp: syntheticFaces("cfp", 40, 4, 2) };
const context: StudyContext = {
  load: (encoder, faceSet) => Promise.resolve(syntheticEmbeddings(encoder, 24, faces[faceSet as keyof typeof faces])),
  faceSets: [syntheticManifest("lfw"), syntheticManifest("cfp")],
  overlap: [],
  engine: createOnnxEngine({ threads: 1 }),
};
const { library } = await findOpenblas();
const openblas = library === null ? null : createOpenblasEngine(library);
const pairs = orderedPairs(["one", "two", "three"]);
const base: StudySpec = { experiment: "shared", pairs, maps: ["native", "ridge", "procrustes"], fitSet: "lfw", testSet: "lfw", seed: 0 };
const specs = [base, { ...base, testSet: "cfp" }, { ...base, control: "shuffled" as const, maps: ["ridge"] }];

/** A cache and a progress, with what they were told. */
function watched() {
  const kept = new Map<string, unknown>();
  const cache = {
    get: (key: unknown) => Promise.resolve(kept.get(JSON.stringify(key)) ?? null),
    put: (key: unknown, value: unknown) => Promise.resolve(void kept.set(JSON.stringify(key), value)),
  };
  const counts: number[] = [];
  const progress = { update: (done: number) => void counts.push(done), end: () => undefined };
  return { kept, cache, counts, progress };
}

it("gives the same numbers on threads as on one thread, counts them, and keeps them for the next time", async () => {
  const { kept, cache, counts, progress } = watched();
  const alone = await runStudies(specs, context);
  const shared = await runStudies(specs, { ...context, workers: 2, cache, progress });
  expect(shared).toEqual(alone);
  expect(counts).toEqual(Array.from({ length: 15 + 15 + 6 }, (_, i) => i + 1));
  expect(kept.size).toBe(2 * 36); // each frame by itself
  expect(await runStudies(specs, { ...context, workers: 2, cache })).toEqual(alone);
});

it("measures on one thread with an engine that serves one alone", async () => {
  const { onThreads, ...engine } = context.engine;
  expect(onThreads).toBeDefined();
  expect(await runStudies([base], { ...context, engine, workers: 2 })).toEqual(await runStudies([base], context));
});

it.runIf(openblas?.onThreads)("gives the same bits with OpenBLAS on threads as on one thread", async () => {
  const own = { ...context, engine: openblas! };
  const alone = await runStudies(specs, own);
  expect(await runStudies(specs, { ...own, workers: 2 })).toEqual(alone);
  expect(alone[0].rows[0].engine).toBe("openblas");
});

it("stops the threads when the signal aborts, and throws its reason", async () => {
  const controller = new AbortController();
  const progress = { update: () => { controller.abort(new Error("enough")); }, end: () => undefined }; // prettier-ignore
  await expect(runStudies(specs, { ...context, workers: 2, progress, signal: controller.signal })).rejects.toThrow("enough");
});

it("throws what a map throws on a thread, by its class", async () => {
  const few = { ...base, maps: ["pca", "cca", "linear", "ridge-folds"], fraction: 0.03 };
  const failure = (workers: number): Promise<unknown> => runStudies([few], { ...context, workers }).catch((error: unknown) => error);
  const [alone, shared] = [(await failure(1)) as Error, (await failure(2)) as Error];
  expect([shared.name, shared.message]).toEqual([alone.name, alone.message]);
  expect(shared.name).toBe("ValueError");
});

it("attacks on threads as on one thread, in the order of the specs, and finds what was kept", async () => {
  const pair = { source: "one", target: "two", fitSet: "cfp", testSet: "lfw", seed: 0 };
  const known = ["pairs", "sibling-pairs", "nothing", "replay", "bare-pairs"] as const;
  const attacks = known.map((knowledge) => ({ ...pair, knowledge, sibling: "three", leaks: [8, Infinity], drawCount: 2 }));
  const { kept, cache, counts, progress } = watched();
  const alone = await attackSystems({ attacks }, context);
  expect(await attackSystems({ attacks }, { ...context, workers: 2, cache, progress })).toEqual(alone);
  expect([counts, kept.size]).toEqual([[1, 2, 3, 4, 5], 5]);
  expect(await attackSystems({ attacks }, { ...context, cache })).toEqual(alone);
  expect(kept.size).toBe(5);
});
