import { workerData } from "node:worker_threads";
import type { Matrix32 } from "../core/matrix.js";
import { serveTasks } from "../core/worker-tasks.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { createOnnxEngine } from "../linalg/onnx.js";
import type { Outcome } from "./measure-step.js";
import { createStepMeasure, type StudyTask } from "./measure-task.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** What a thread is started with: a study's context as plain data. */
export interface StudyWorkerStart extends Pick<StudyContext, "faceSets" | "overlap"> {
  readonly specs: readonly StudySpec[];
  /** By face set, since all networks have the same images. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** Values in shared memory. */
  readonly sets: readonly (Omit<EmbeddingSet, "items" | "embeddings"> & { readonly embeddings: Matrix32 })[];
}

export interface StudyReport {
  readonly task: StudyTask;
  /** Of each step and each of its studies. */
  readonly outcomes: readonly (readonly (readonly Outcome[])[])[];
}

serveTasks((signal) => {
  const { specs, items, sets, faceSets, overlap } = workerData as StudyWorkerStart;
  const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const set = sets.find((some) => some.encoder === encoder && some.faceSet === faceSet)!;
    return Promise.resolve({ ...set, items: items.get(faceSet)! });
  };
  const context: StudyContext = { load, faceSets, overlap, engine: createOnnxEngine({ threads: 1 }), signal };
  const measure = createStepMeasure(specs, context);
  return async (task: StudyTask): Promise<StudyReport> => {
    const outcomes: Outcome[][][] = [];
    for (const step of task.steps) outcomes.push(await measure(task.fits, step));
    return { task, outcomes };
  };
});
