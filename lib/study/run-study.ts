import { findMapKind } from "../align/registry.js";
import { lessMean } from "../align/rows.js";
import type { Matrix32 } from "../core/matrix.js";
import { silent } from "../core/progress.js";
import { evaluate, type Evaluation, type EvaluateOptions } from "./evaluate.js";
import { meanEvaluation } from "./mean-evaluation.js";
import { prepareStudy, type PreparedStudy } from "./prepare-study.js";
import type { StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";
import { scoreMap } from "./score-map.js";
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
 * Fit every map for every pair on the training rows, and measure identification and verification of the test rows.
 *
 * A network's Gram is summed and decomposed once, and the cross-Gram of two networks once for both directions, unless a control pairs the
 * target's rows anew. Of a kind or a control that is drawn at random the mean over its draws is reported. Rows come in the order of the spec: native
 * baselines by target, then pairs, maps, frames, metrics.
 *
 * @throws ValueError when the spec names nothing, or a map or study set that there is not; DataError when networks have different images.
 */
export async function runStudy(spec: StudySpec, context: StudyContext): Promise<StudyResult> {
  checkSpec(spec);
  const prepared = await prepareStudy(spec, context);
  const { plan } = prepared;
  const { progress = silent } = context;
  const collected = new Map<string, Outcome[]>();
  let done = 0;
  const keep = async (pair: EncoderPair, map: string): Promise<void> => {
    const measure = (): Promise<Outcome[]> =>
      map === "native" ? measureNative(pair.target, prepared, spec, context) : measureMap(map, pair, prepared, spec, context);
    const outcomes = await recall(() => prepared.keyFor(pair, map), context, measure);
    collected.set(keyOf(pair), [...(collected.get(keyOf(pair)) ?? []), ...outcomes]);
    progress.update(++done);
  };

  const targets = spec.maps.includes("native") ? targetsOf(spec.pairs) : [];
  for (const target of targets) await keep({ source: target, target }, "native");
  for (const pair of bothDirectionsTogether(spec.pairs)) {
    for (const map of spec.maps) if (map !== "native") await keep(pair, map);
  }
  progress.end();

  const order = [...targets.map((target) => ({ source: target, target })), ...spec.pairs];
  const results = order.flatMap((pair) => (collected.get(keyOf(pair)) ?? []).map((outcome) => ({ ...pair, ...outcome })));
  return {
    rows: results.flatMap((result) => rowsOf(result, spec, plan, context)),
    curves: curvesOf(results, spec),
    degenerateCount: results.reduce((sum, { evaluation }) => sum + evaluation.degenerateCount, 0),
    plan,
  };
}

/** What was measured of one map in one frame. */
interface Outcome {
  readonly map: string;
  readonly frame: "centred" | "raw";
  readonly evaluation: Evaluation;
}

/** The outcomes under a key of the context's cache, else those that are measured now, which are kept. */
async function recall(keyOf: () => unknown, { cache = null }: StudyContext, measure: () => Promise<Outcome[]>): Promise<Outcome[]> {
  if (cache === null) return measure();
  const key = keyOf();
  const known = await cache.get(key);
  if (known !== null) return known as Outcome[];
  const outcomes = await measure();
  await cache.put(key, outcomes);
  return outcomes;
}

async function measureNative(
  target: string,
  { names, network }: PreparedStudy,
  spec: StudySpec,
  context: StudyContext,
): Promise<Outcome[]> {
  const { probes, gallery, cloud } = await network(target);
  const identities = { probes: names.probeIdentities, gallery: names.galleryIdentities };
  const outcomes: Outcome[] = [];
  for (const frame of framesOf(spec)) {
    const place = (rows: Matrix32): Matrix32 => (frame === "centred" ? lessMean(rows, cloud.mean) : rows);
    outcomes.push({
      map: "native",
      frame,
      evaluation: await evaluate(place(probes), place(gallery), identities, optionsOf(spec, context)),
    });
  }
  return outcomes;
}

async function measureMap(
  map: string,
  { source, target }: EncoderPair,
  { names, network, pairFits }: PreparedStudy,
  spec: StudySpec,
  context: StudyContext,
): Promise<Outcome[]> {
  const { probes } = await network(source);
  const { gallery } = await network(target);
  const kind = findMapKind(map);
  const evaluations = framesOf(spec).map((frame) => ({ frame, draws: [] as Evaluation[] }));
  for (const fits of await pairFits({ source, target })) {
    for (let draw = 0; draw < (kind.drawCount ?? 1); draw++) {
      const fitted = await kind.fit({ ...fits, draw });
      for (const { frame, draws } of evaluations) {
        draws.push(await scoreMap(fitted, { probes, gallery, ...names }, { ...optionsOf(spec, context), frame }));
      }
    }
  }
  const control = spec.control ?? "none";
  const name = control === "none" ? map : `${map}/${control}`;
  return evaluations.map(({ frame, draws }) => ({ map: name, frame, evaluation: meanEvaluation(draws) }));
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

/** The pairs in such an order that both directions of two networks follow each other, since they share their sums. */
function bothDirectionsTogether(pairs: readonly EncoderPair[]): EncoderPair[] {
  const groups = new Map<string, EncoderPair[]>();
  for (const pair of pairs) {
    const known = groups.get(keyOf(pair)) ?? groups.get(keyOf({ source: pair.target, target: pair.source }));
    if (known !== undefined) known.push(pair);
    else groups.set(keyOf(pair), [pair]);
  }
  return [...groups.values()].flat();
}

function optionsOf({ ranks, fmrs, curvePoints }: StudySpec, { engine, signal }: StudyContext): EvaluateOptions {
  return {
    engine,
    signal,
    ...(ranks === undefined ? {} : { ranks }),
    ...(fmrs === undefined ? {} : { fmrs }),
    ...(curvePoints === undefined ? {} : { curvePoints }),
  };
}

function framesOf({ frames = ["centred", "raw"] }: StudySpec): readonly ("centred" | "raw")[] {
  return frames;
}
