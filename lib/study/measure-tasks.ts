import { runOnWorkers } from "../core/worker-pool.js";
import type { ThreadEngine } from "../linalg/engine.js";
import { forbidTelemetry } from "../linalg/load-onnx.js";
import type { Outcome } from "./measure-step.js";
import { createStepMeasure, type SharedStep, type StudyTask } from "./measure-task.js";
import { onThreadsOrHere, shareContext } from "./shared-context.js";
import type { StudyReport, StudyWorkerStart } from "./study-worker.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** Fewer steps are done before threads have started and their code is warm. */
const leastOnWorkers = 24;

/** Hears what was measured, step by step, in any order: the outcomes of each of the step's studies. */
export type KeepOutcomes = (step: SharedStep, outcomes: readonly (readonly Outcome[])[]) => Promise<void>;

/** Measure the steps of all tasks: on the context's worker threads where there is enough to do, else on this one. The numbers are the same. */
export async function measureTasks(
  tasks: readonly StudyTask[],
  specs: readonly StudySpec[],
  context: StudyContext,
  keep: KeepOutcomes,
): Promise<void> {
  const { workers = 1, engine } = context;
  const count = Math.min(workers, tasks.length);
  const stepCount = tasks.reduce((sum, { steps }) => sum + steps.length, 0);
  await onThreadsOrHere(engine, count > 1 && stepCount >= leastOnWorkers, {
    onThreads: (shared) => measureOnWorkers(tasks, specs, { context, shared, count }, keep),
    async here() {
      const measure = createStepMeasure(specs, context);
      for (const { fits, steps } of tasks) for (const step of steps) await keep(step, await measure(fits, step));
    },
  });
}

async function measureOnWorkers(
  tasks: readonly StudyTask[],
  specs: readonly StudySpec[],
  { context, shared, count }: { readonly context: StudyContext; readonly shared: ThreadEngine; readonly count: number },
  keep: KeepOutcomes,
): Promise<void> {
  const wanted = specs.map(({ pairs, ...sets }) => ({ ...sets, encoders: pairs.flatMap(({ source, target }) => [source, target]) }));
  const workerData: StudyWorkerStart = { specs, shared: await shareContext(wanted, shared, context) };
  forbidTelemetry();
  await runOnWorkers<StudyTask, StudyReport>(new URL("./study-worker.js", import.meta.url), {
    count,
    workerData,
    next: sharedOut(tasks, count),
    onReport: async ({ task: { steps }, outcomes }) => {
      for (const [i, step] of steps.entries()) await keep(step, outcomes[i]);
    },
    advice: "run the study again; what was measured is in its cache",
    signal: context.signal,
  });
}

/**
 * What a worker does next: of what it is at, since its networks are prepared; then of what none is at; then of what has the most left.
 */
function sharedOut(tasks: readonly StudyTask[], count: number): (worker: number) => StudyTask | null {
  const left = new Map<string, StudyTask[]>();
  for (const task of tasks) left.set(task.fits, [...(left.get(task.fits) ?? []), task]);
  const at: string[] = new Array<string>(count).fill("");
  return (worker) => {
    if (!left.has(at[worker])) {
      const most = (some: readonly (readonly [string, StudyTask[]])[]): string | undefined =>
        [...some].sort(([, one], [, other]) => other.length - one.length)[0]?.[0];
      const fits = most([...left].filter(([candidate]) => !at.includes(candidate))) ?? most([...left]);
      if (fits === undefined) return null;
      at[worker] = fits;
    }
    const own = left.get(at[worker])!;
    if (own.length === 1) left.delete(at[worker]);
    return own.shift()!;
  };
}
