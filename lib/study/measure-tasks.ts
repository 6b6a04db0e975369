import type { Matrix32 } from "../core/matrix.js";
import { runOnWorkers } from "../core/worker-pool.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { forbidTelemetry } from "../linalg/load-onnx.js";
import { measureStep, type Outcome, type StudyStep } from "./measure-step.js";
import { prepareStudy } from "./prepare-study.js";
import type { StudyReport, StudyTask, StudyWorkerStart } from "./study-worker.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** Fewer steps are done before threads have started and their code is warm. */
const leastOnWorkers = 24;

/** Hears what was measured, step by step, in any order. */
export type KeepOutcomes = (study: number, step: StudyStep, outcomes: readonly Outcome[]) => Promise<void>;

/** Measure the steps of all tasks: on the context's worker threads where there is enough to do, else on this one. The numbers are the same. */
export async function measureTasks(
  tasks: readonly StudyTask[],
  specs: readonly StudySpec[],
  context: StudyContext,
  keep: KeepOutcomes,
): Promise<void> {
  const { workers = 1 } = context;
  const count = Math.min(workers, tasks.length);
  const stepCount = tasks.reduce((sum, { steps }) => sum + steps.length, 0);
  if (count > 1 && stepCount >= leastOnWorkers) return measureOnWorkers(tasks, specs, context, keep, count);
  for (const [study, spec] of specs.entries()) {
    const own = tasks.filter((task) => task.study === study).flatMap(({ steps }) => steps);
    if (own.length === 0) continue;
    const prepared = await prepareStudy(spec, context);
    for (const step of own) await keep(study, step, await measureStep(step, prepared, spec, context));
  }
}

async function measureOnWorkers(
  tasks: readonly StudyTask[],
  specs: readonly StudySpec[],
  context: StudyContext,
  keep: KeepOutcomes,
  count: number,
): Promise<void> {
  const workerData = await shareContext(specs, context);
  forbidTelemetry();
  await runOnWorkers<StudyTask, StudyReport>(new URL("./study-worker.js", import.meta.url), {
    count,
    workerData,
    next: sharedOut(tasks, count),
    onReport: async ({ task: { study, steps }, outcomes }) => {
      for (const [i, step] of steps.entries()) await keep(study, step, outcomes[i]);
    },
    advice: "run the study again; what was measured is in its cache",
    signal: context.signal,
  });
}

/**
 * What a worker does next: of the study that it is at, since its networks are prepared; then of one that none is at; then of the one with
 * the most left.
 */
function sharedOut(tasks: readonly StudyTask[], count: number): (worker: number) => StudyTask | null {
  const left = new Map<number, StudyTask[]>();
  for (const task of tasks) left.set(task.study, [...(left.get(task.study) ?? []), task]);
  const at: number[] = new Array<number>(count).fill(-1);
  return (worker) => {
    if (!left.has(at[worker])) {
      const most = (some: readonly (readonly [number, StudyTask[]])[]): number | undefined =>
        [...some].sort(([, one], [, other]) => other.length - one.length)[0]?.[0];
      const study = most([...left].filter(([candidate]) => !at.includes(candidate))) ?? most([...left]);
      if (study === undefined) return null;
      at[worker] = study;
    }
    const own = left.get(at[worker])!;
    if (own.length === 1) left.delete(at[worker]);
    return own.shift()!;
  };
}

/** All that the specs need, as data that a thread can be started with; embeddings are copied once, into memory that all threads see. */
async function shareContext(specs: readonly StudySpec[], { load, faceSets, overlap }: StudyContext): Promise<StudyWorkerStart> {
  const sets = new Map<string, EmbeddingSet>();
  for (const { pairs, fitSet, testSet } of specs) {
    const ids = [fitSet, testSet].map((id) => pickStudySet(id, faceSets).faceSet.id);
    for (const encoder of pairs.flatMap(({ source, target }) => [source, target])) {
      for (const id of ids) if (!sets.has(`${id}/${encoder}`)) sets.set(`${id}/${encoder}`, await load(encoder, id));
    }
  }
  const items = new Map<string, readonly Item[]>();
  for (const set of sets.values()) items.set(set.faceSet, set.items);
  return {
    specs,
    faceSets,
    overlap,
    items,
    sets: [...sets.values()].map(({ encoder, faceSet, provenance, embeddings }) => {
      return { encoder, faceSet, provenance, embeddings: shared(embeddings) };
    }),
  };
}

function shared({ rows, columns, data }: Matrix32): Matrix32 {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { rows, columns, data: copy };
}
