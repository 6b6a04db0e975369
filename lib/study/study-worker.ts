import { workerData } from "node:worker_threads";
import { serveTasks } from "../core/worker-tasks.js";
import type { Outcome } from "./measure-step.js";
import { createStepMeasure, type StudyTask } from "./measure-task.js";
import { openShared, type SharedContext } from "./shared-context.js";
import type { StudySpec } from "./study-spec.js";

/** What a thread is started with. */
export interface StudyWorkerStart {
  readonly specs: readonly StudySpec[];
  readonly shared: SharedContext;
}

export interface StudyReport {
  readonly task: StudyTask;
  /** Of each step and each of its studies. */
  readonly outcomes: readonly (readonly (readonly Outcome[])[])[];
}

serveTasks(async (signal) => {
  const { specs, shared } = workerData as StudyWorkerStart;
  const measure = createStepMeasure(specs, await openShared(shared, signal));
  return async (task: StudyTask): Promise<StudyReport> => {
    const outcomes: Outcome[][][] = [];
    for (const step of task.steps) outcomes.push(await measure(task.fits, step));
    return { task, outcomes };
  };
});
