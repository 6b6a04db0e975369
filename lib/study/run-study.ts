import { pairClouds, reverseMoments } from "../align/moments.js";
import { controlDrawCount } from "../align/controls.js";
import { findMapKind, type FitContext } from "../align/registry.js";
import { lessMean, type PairedRows } from "../align/rows.js";
import { silent } from "../core/progress.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { evaluate, type Evaluation, type EvaluateOptions } from "./evaluate.js";
import { meanEvaluation } from "./mean-evaluation.js";
import { checkSameImages, identityNames, prepareNetwork, type NetworkRows } from "./network-rows.js";
import { planStudy, type StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";
import { scoreMap, type TestRows } from "./score-map.js";
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
  const { plan, networks, names } = await prepare(spec, context);
  const { progress = silent } = context;
  const collected = new Map<string, Outcome[]>();
  let done = 0;
  const keep = (pair: EncoderPair, outcomes: readonly Outcome[]): void => {
    const known = collected.get(keyOf(pair));
    collected.set(keyOf(pair), known === undefined ? [...outcomes] : [...known, ...outcomes]);
    progress.update(++done);
  };

  const targets = spec.maps.includes("native") ? targetsOf(spec.pairs) : [];
  for (const target of targets) {
    keep({ source: target, target }, await measureNative(networks.get(target)!, names, spec, context));
  }
  for (const { forward, pairs } of controlOf(spec) === "none" ? unordered(spec.pairs) : eachAlone(spec.pairs)) {
    const draws = await pairRows(networks.get(forward.source)!, networks.get(forward.target)!, spec, context);
    for (const pair of pairs) {
      const directed = pair.source === forward.source ? draws : draws.map(reversed);
      for (const map of spec.maps) {
        if (map !== "native") keep(pair, await measureMap(map, pair, directed, { networks, names }, spec, context));
      }
    }
  }
  progress.end();

  const order = [...targets.map((target) => ({ source: target, target })), ...spec.pairs];
  const results = order.flatMap((pair) => collected.get(keyOf(pair))!.map((outcome) => ({ ...pair, ...outcome })));
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

/** Who is tested, by the names that maps know people by. */
type TestNames = Pick<TestRows, "probeIdentities" | "galleryIdentities" | "otherNames">;

async function prepare(
  spec: StudySpec,
  context: StudyContext,
): Promise<{ plan: StudyPlan; networks: ReadonlyMap<string, NetworkRows>; names: TestNames }> {
  const fitSet = pickStudySet(spec.fitSet, context.faceSets);
  const testSet = pickStudySet(spec.testSet, context.faceSets);
  const encoders = [...new Set(spec.pairs.flatMap(({ source, target }) => [source, target]))];
  const networks = new Map<string, NetworkRows>();
  let first: { plan: StudyPlan; fit: EmbeddingSet; test: EmbeddingSet } | null = null;
  for (const encoder of encoders) {
    const fit = await context.load(encoder, fitSet.faceSet.id);
    const test = testSet.faceSet.id === fitSet.faceSet.id ? fit : await context.load(encoder, testSet.faceSet.id);
    first ??= {
      plan: planStudy({ ...fitSet, items: fit.items }, { ...testSet, items: test.items }, { seed: spec.seed, overlap: context.overlap }),
      fit,
      test,
    };
    checkSameImages(fit, encoders[0], first.fit.items);
    checkSameImages(test, encoders[0], first.test.items);
    const { engine, signal } = context;
    networks.set(encoder, await prepareNetwork(fit, test, first.plan, { control: controlOf(spec), engine, signal }));
  }
  const { plan, test } = first!;
  const tested = new Set(plan.testSplit.test);
  const otherNames = context.overlap
    .filter((person) => tested.has(person[test.faceSet]))
    .flatMap((person) => Object.entries(person).map(([faceSet, identity]) => `${faceSet}/${identity}`));
  const names = { probeIdentities: identityNames(test, plan.probes), galleryIdentities: identityNames(test, plan.gallery), otherNames };
  return { plan, networks, names };
}

async function measureNative(network: NetworkRows, names: TestNames, spec: StudySpec, context: StudyContext): Promise<Outcome[]> {
  const identities = { probes: names.probeIdentities, gallery: names.galleryIdentities };
  const outcomes: Outcome[] = [];
  for (const frame of framesOf(spec)) {
    const place = (rows: NetworkRows["probes"]): NetworkRows["probes"] => (frame === "centred" ? lessMean(rows, network.cloud.mean) : rows);
    const evaluation = await evaluate(place(network.probes), place(network.gallery), identities, optionsOf(spec, context));
    outcomes.push({ map: "native", frame, evaluation });
  }
  return outcomes;
}

/** What the maps of one direction are fitted on. */
type PairedFit = Pick<FitContext, "moments" | "train" | "tune">;

/** One direction's rows and sums: of each draw of the control where there is one. */
async function pairRows(source: NetworkRows, target: NetworkRows, spec: StudySpec, context: StudyContext): Promise<PairedFit[]> {
  const control = controlOf(spec);
  const paired: PairedFit[] = [];
  for (let draw = 0; draw < (control === "none" ? 1 : controlDrawCount(control)); draw++) {
    const targetRows = await target.asTarget(draw);
    const train = { source: source.train, target: targetRows.train };
    const moments = await pairClouds(source.cloud, targetRows.cloud, train, context);
    paired.push({ moments, train, tune: { source: source.tune, target: targetRows.tune } });
  }
  return paired;
}

function reversed({ moments, train, tune }: PairedFit): PairedFit {
  const swap = ({ source, target }: PairedRows): PairedRows => ({ source: target, target: source });
  return { moments: reverseMoments(moments), train: swap(train), tune: swap(tune) };
}

async function measureMap(
  map: string,
  pair: EncoderPair,
  fitRows: readonly PairedFit[],
  { networks, names }: { readonly networks: ReadonlyMap<string, NetworkRows>; readonly names: TestNames },
  spec: StudySpec,
  context: StudyContext,
): Promise<Outcome[]> {
  const [source, target] = [networks.get(pair.source)!, networks.get(pair.target)!];
  const { engine, signal } = context;
  const test = { probes: source.probes, gallery: target.gallery, ...names };
  const kind = findMapKind(map);
  const evaluations = framesOf(spec).map((frame) => ({ frame, draws: [] as Evaluation[] }));
  for (const paired of fitRows) {
    for (let draw = 0; draw < (kind.drawCount ?? 1); draw++) {
      const fitted = await kind.fit({ ...paired, trainIdentities: source.trainIdentities, draw, engine, signal });
      for (const { frame, draws } of evaluations) draws.push(await scoreMap(fitted, test, { ...optionsOf(spec, context), frame }));
    }
  }
  const control = controlOf(spec);
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
  return results.map(({ source, target, map, frame, evaluation: { cmc, roc } }) => ({ source, target, map, frame, cmc, roc }));
}

/** Pairs of the same two networks together, so that both directions share their sums. */
function unordered(pairs: readonly EncoderPair[]): { forward: EncoderPair; pairs: EncoderPair[] }[] {
  const groups = new Map<string, { forward: EncoderPair; pairs: EncoderPair[] }>();
  for (const pair of pairs) {
    const known = groups.get(keyOf(pair)) ?? groups.get(keyOf({ source: pair.target, target: pair.source }));
    if (known !== undefined) known.pairs.push(pair);
    else groups.set(keyOf(pair), { forward: pair, pairs: [pair] });
  }
  return [...groups.values()];
}

/** Every direction with sums of its own: a control pairs the rows of one direction otherwise than those of the other. */
function eachAlone(pairs: readonly EncoderPair[]): { forward: EncoderPair; pairs: EncoderPair[] }[] {
  return pairs.map((pair) => ({ forward: pair, pairs: [pair] }));
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

function controlOf({ control = "none" }: StudySpec): NonNullable<StudySpec["control"]> {
  return control;
}

function framesOf({ frames = ["centred", "raw"] }: StudySpec): readonly ("centred" | "raw")[] {
  return frames;
}
