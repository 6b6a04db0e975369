import { silent } from "../core/progress.js";
import type { Outcome, StudyStep } from "./measure-step.js";
import { measureTasks } from "./measure-tasks.js";
import { prepareStudy } from "./prepare-study.js";
import type { StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";
import type { StudyTask } from "./study-worker.js";
import {
  checkSpec,
  keyOf,
  targetsOf,
  type EncoderPair,
  type StudyContext,
  type StudyCurves,
  type StudyResult,
  type StudySpec,
} from "./study-spec.js";

/**
 * Run several studies under one progress that counts the evaluations of all.
 *
 * What the context's cache has is not measured again. A network's Gram is summed and decomposed once for a study and a thread, and the
 * cross-Gram of two networks once for both directions, unless a control pairs the target's rows anew.
 *
 * @throws as runStudy does.
 */
export async function runStudies(specs: readonly StudySpec[], context: StudyContext): Promise<StudyResult[]> {
  specs.forEach(checkSpec);
  const { progress = silent, cache = null } = context;
  const tasks: StudyTask[] = [];
  const studies: Study[] = [];
  let done = 0;
  for (const [study, spec] of specs.entries()) {
    const { plan, keyFor } = await prepareStudy(spec, context);
    const outcomes = new Map<string, readonly Outcome[]>();
    for (const group of groupSteps(spec)) {
      const missing: StudyStep[] = [];
      for (const step of group) {
        const known = cache === null ? null : await cache.get(keyFor(step.pair, step.map));
        if (known === null) missing.push(step);
        else {
          outcomes.set(nameOf(step), known as Outcome[]);
          progress.update(++done);
        }
      }
      if (missing.length > 0) tasks.push({ study, steps: missing });
    }
    studies.push({ plan, keyFor, outcomes });
  }
  await measureTasks(tasks, specs, context, async (study, step, outcomes) => {
    studies[study].outcomes.set(nameOf(step), outcomes);
    if (cache !== null) await cache.put(studies[study].keyFor(step.pair, step.map), outcomes);
    progress.update(++done);
  });
  progress.end();
  return specs.map((spec, study) => resultOf(spec, studies[study], context));
}

interface Study {
  readonly plan: StudyPlan;
  readonly keyFor: (pair: EncoderPair, map: string) => unknown;
  readonly outcomes: Map<string, readonly Outcome[]>;
}

/** Steps that share their sums together: each network by itself, and all maps of two networks in both directions. */
function groupSteps({ pairs, maps }: StudySpec): StudyStep[][] {
  const groups = new Map<string, StudyStep[]>();
  if (maps.includes("native")) {
    for (const target of targetsOf(pairs)) groups.set(target, [{ pair: { source: target, target }, map: "native" }]);
  }
  const learnt = maps.filter((map) => map !== "native");
  for (const pair of pairs) {
    const reverse = keyOf({ source: pair.target, target: pair.source });
    const key = groups.has(reverse) ? reverse : keyOf(pair);
    groups.set(key, [...(groups.get(key) ?? []), ...learnt.map((map) => ({ pair, map }))]);
  }
  return [...groups.values()].filter((group) => group.length > 0);
}

function nameOf({ pair, map }: StudyStep): string {
  return `${keyOf(pair)}, ${map}`;
}

function resultOf(spec: StudySpec, { plan, outcomes }: Study, context: StudyContext): StudyResult {
  const natives = spec.maps.includes("native") ? targetsOf(spec.pairs).map((target) => ({ source: target, target })) : [];
  const learnt = spec.maps.filter((map) => map !== "native");
  const steps: StudyStep[] = [
    ...natives.map((pair) => ({ pair, map: "native" })),
    ...spec.pairs.flatMap((pair) => learnt.map((map) => ({ pair, map }))),
  ];
  const results = steps.flatMap((step) => outcomes.get(nameOf(step))!.map((outcome) => ({ ...step.pair, ...outcome })));
  return {
    rows: results.flatMap((result) => rowsOf(result, spec, plan, context)),
    curves: curvesOf(results, spec),
    people: results.map(({ source, target, map, frame, evaluation: { people } }) => ({ source, target, map, frame, ...people })),
    degenerateCount: results.reduce((sum, { evaluation }) => sum + evaluation.degenerateCount, 0),
    plan,
  };
}

function rowsOf(
  { source, target, map, frame, evaluation }: EncoderPair & Outcome,
  { experiment, fitSet, testSet, seed }: StudySpec,
  plan: StudyPlan,
  { engine }: StudyContext,
): ResultRow[] {
  const counts = { train: plan.train.length, gallery: plan.gallery.length, probes: plan.probes.length };
  return evaluation.values.map((value) => ({
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

function curvesOf(results: readonly (EncoderPair & Outcome)[], { curvePoints = 0 }: StudySpec): StudyCurves[] {
  if (curvePoints === 0) return [];
  return results.map(({ source, target, map, frame, evaluation: { cmc, cmcLow, cmcHigh, roc } }) => {
    return { source, target, map, frame, cmc, cmcLow, cmcHigh, roc };
  });
}
