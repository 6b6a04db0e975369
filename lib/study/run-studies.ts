import { silent } from "../core/progress.js";
import type { Outcome, StudyStep } from "./measure-step.js";
import type { SharedStep, StudyTask } from "./measure-task.js";
import { measureTasks } from "./measure-tasks.js";
import { prepareStudy } from "./prepare-study.js";
import type { StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";
import {
  checkSpec,
  framesOf,
  keyOf,
  reportedBy,
  targetsOf,
  type EncoderPair,
  type StudyContext,
  type StudyResult,
  type StudySpec,
} from "./study-spec.js";

/**
 * Run several studies under one progress that counts the evaluations of all.
 *
 * What the context's cache has is not measured again. A network's Gram is summed and decomposed once for a study and a thread, and the
 * cross-Gram of two networks once for both directions, unless a control pairs the target's rows anew. Studies that fit on the same rows, such
 * as those of one fit set and two test sets with the same people, share their maps.
 *
 * @throws as runStudy does.
 */
export async function runStudies(specs: readonly StudySpec[], context: StudyContext): Promise<StudyResult[]> {
  specs.forEach(checkSpec);
  const { progress = silent, cache = null } = context;
  const tasks = new Map<string, Task>();
  const studies: Study[] = [];
  let done = 0;
  const recall = async (key: unknown): Promise<unknown> => (cache === null ? null : cache.get(key));
  for (const [study, spec] of specs.entries()) {
    const { plan, fits, keyFor } = await prepareStudy(spec, context);
    const outcomes = new Map<string, readonly Outcome[]>();
    for (const step of stepsOf(spec)) {
      const known = await Promise.all(framesOf(spec).map((frame) => recall(keyFor(step.pair, step.map, frame))));
      if (known.includes(null)) addStep(tasks, fits.key, step, study);
      else {
        outcomes.set(nameOf(step), known as Outcome[]);
        progress.update(++done);
      }
    }
    studies.push({ plan, keyFor, outcomes });
  }
  await measureTasks([...tasks.values()], specs, context, async (step, outcomes) => {
    for (const [i, study] of step.studies.entries()) {
      const { keyFor, outcomes: found } = studies[study];
      found.set(nameOf(step), outcomes[i]);
      for (const outcome of outcomes[i]) await cache?.put(keyFor(step.pair, step.map, outcome.frame), outcome);
      progress.update(++done);
    }
  });
  progress.end();
  return specs.map((spec, study) => resultOf(spec, studies[study], context));
}

interface Study {
  readonly plan: StudyPlan;
  readonly keyFor: (pair: EncoderPair, map: string, frame: string) => unknown;
  readonly outcomes: Map<string, readonly Outcome[]>;
}

/** A task while steps are added. */
interface Task extends StudyTask {
  readonly steps: (SharedStep & { readonly studies: number[] })[];
}

/** Each network by itself, and every map of every pair. */
function stepsOf({ pairs, maps }: StudySpec): StudyStep[] {
  const natives = maps.includes("native") ? targetsOf(pairs).map((target) => ({ source: target, target })) : [];
  const learnt = maps.filter((map) => map !== "native");
  return [...natives.map((pair) => ({ pair, map: "native" })), ...pairs.flatMap((pair) => learnt.map((map) => ({ pair, map })))];
}

/** A network by itself is a task, and so are all maps of two networks in both directions; studies that fit on the same rows share them. */
function addStep(tasks: Map<string, Task>, fits: string, { pair, map }: StudyStep, study: number): void {
  const key = [fits, ...[pair.source, pair.target].sort()].join(" ");
  const task = tasks.get(key) ?? { fits, steps: [] };
  tasks.set(key, task);
  const same = task.steps.find((step) => step.map === map && keyOf(step.pair) === keyOf(pair));
  if (same === undefined) task.steps.push({ pair, map, studies: [study] });
  else same.studies.push(study);
}

function nameOf({ pair, map }: StudyStep): string {
  return `${keyOf(pair)}, ${map}`;
}

function resultOf(spec: StudySpec, { plan, outcomes }: Study, context: StudyContext): StudyResult {
  const results = stepsOf(spec).flatMap((step) => outcomes.get(nameOf(step))!.map((outcome) => ({ ...step.pair, ...outcome })));
  return {
    rows: results.flatMap((result) => rowsOf(result, spec, plan, context)),
    curves: results.map(({ source, target, map, frame, evaluation: { cmc, cmcLow, cmcHigh, roc } }) => {
      return { source, target, map, frame, cmc, cmcLow, cmcHigh, roc };
    }),
    people: results.map(({ source, target, map, frame, evaluation: { people } }) => ({ source, target, map, frame, ...people })),
    degenerateCount: results.reduce((sum, { evaluation }) => sum + evaluation.degenerateCount, 0),
    plan,
  };
}

function rowsOf(
  { source, target, map, frame, evaluation }: EncoderPair & Outcome,
  spec: StudySpec,
  plan: StudyPlan,
  { engine }: StudyContext,
): ResultRow[] {
  const counts = { train: plan.train.length, gallery: plan.gallery.length, probes: plan.probes.length };
  const { experiment, fitSet, testSet, seed } = spec;
  const reported = reportedBy(spec).map((metric) => evaluation.values.find((value) => value.metric === metric)!);
  return reported.map((value) => ({
    experiment,
    source,
    target,
    fitSet,
    testSet,
    map,
    frame,
    ...value,
    ...counts,
    seed,
    engine: engine.name,
  }));
}
