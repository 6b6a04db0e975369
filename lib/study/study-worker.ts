import { workerData } from "node:worker_threads";
import type { Matrix32 } from "../core/matrix.js";
import { serveTasks } from "../core/worker-tasks.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { createOnnxEngine } from "../linalg/onnx.js";
import { measureStep, type Outcome, type StudyStep } from "./measure-step.js";
import { prepareStudy, type PreparedStudy } from "./prepare-study.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** What a thread is started with: a study's context as plain data. */
export interface StudyWorkerStart extends Pick<StudyContext, "faceSets" | "overlap"> {
  readonly specs: readonly StudySpec[];
  /** By face set, since all networks have the same images. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** Values in shared memory. */
  readonly sets: readonly (Omit<EmbeddingSet, "items" | "embeddings"> & { readonly embeddings: Matrix32 })[];
}

/** Steps of one study that are done together, since they share their sums. */
export interface StudyTask {
  /** Index of the spec. */
  readonly study: number;
  readonly steps: readonly StudyStep[];
}

export interface StudyReport {
  readonly task: StudyTask;
  /** Of each step. */
  readonly outcomes: readonly (readonly Outcome[])[];
}

serveTasks((signal) => {
  const { specs, items, sets, faceSets, overlap } = workerData as StudyWorkerStart;
  const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const set = sets.find((some) => some.encoder === encoder && some.faceSet === faceSet)!;
    return Promise.resolve({ ...set, items: items.get(faceSet)! });
  };
  const context: StudyContext = { load, faceSets, overlap, engine: createOnnxEngine({ threads: 1 }), signal };
  let last: { readonly study: number; readonly prepared: PreparedStudy } | null = null;
  return async (task: StudyTask): Promise<StudyReport> => {
    const { study, steps } = task;
    if (last?.study !== study) {
      last = null; // before the next one takes memory
      last = { study, prepared: await prepareStudy(specs[study], context) };
    }
    const outcomes: Outcome[][] = [];
    for (const step of steps) outcomes.push(await measureStep(step, last.prepared, specs[study], context));
    return { task, outcomes };
  };
});
