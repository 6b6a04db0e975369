import type { Frame } from "../align/map.js";
import { findMapKind } from "../align/registry.js";
import { lessMean } from "../align/rows.js";
import type { Matrix32 } from "../core/matrix.js";
import { evaluate, type Evaluation, type EvaluateOptions } from "./evaluate.js";
import { meanEvaluation } from "./mean-evaluation.js";
import type { PreparedStudy } from "./prepare-study.js";
import { scoreMap, type ScoreMapOptions } from "./score-map.js";
import { framesOf, measuredBy, type EncoderPair, type StudyContext, type StudySpec } from "./study-spec.js";

/** One map of one pair, or a network by itself: `native`, where source and target are the same. */
export interface StudyStep {
  readonly pair: EncoderPair;
  readonly map: string;
}

/** What was measured of one map in one frame. */
export interface Outcome {
  readonly map: string;
  readonly frame: Frame;
  readonly evaluation: Evaluation;
}

/** A study whose step it is. */
export interface StepStudy {
  readonly spec: StudySpec;
  readonly prepared: PreparedStudy;
}

/**
 * Fit once, and evaluate for each study in each of its frames. Of a kind or a control that is drawn at random the mean over its draws is taken.
 *
 * @param studies at least one; all fit on the same rows.
 * @returns the outcomes of each study.
 */
export async function measureStep({ pair, map }: StudyStep, studies: readonly StepStudy[], context: StudyContext): Promise<Outcome[][]> {
  if (map === "native") return Promise.all(studies.map((study) => measureNative(pair.target, study, context)));
  return measureMap(map, pair, studies, context);
}

async function measureNative(target: string, { spec, prepared: { names, network } }: StepStudy, context: StudyContext): Promise<Outcome[]> {
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

async function measureMap(map: string, pair: EncoderPair, studies: readonly StepStudy[], context: StudyContext): Promise<Outcome[][]> {
  const kind = findMapKind(map);
  const parts = studies.map((study) => ({
    ...study,
    evaluations: framesOf(study.spec).map((frame) => ({ frame, draws: [] as Evaluation[] })),
  }));
  const [{ prepared }] = studies;
  for (const fits of await prepared.pairFits(pair)) {
    for (let draw = 0; draw < (kind.drawCount ?? 1); draw++) {
      const fitted = await kind.fit({ ...fits, draw });
      for (const { spec, prepared, evaluations } of parts) {
        const { probes } = await prepared.network(pair.source);
        const { gallery } = await prepared.network(pair.target);
        const options = { ...optionsOf(spec, context), ...exceptionOf(spec) };
        for (const { frame, draws } of evaluations) {
          draws.push(await scoreMap(fitted, { probes, gallery, ...prepared.names }, { ...options, frame }));
        }
      }
    }
  }
  return parts.map(({ spec: { control = "none", allowSeen }, evaluations }) => {
    const name = [map, ...(control === "none" ? [] : [control]), ...(allowSeen === undefined ? [] : ["seen"])].join("/");
    return evaluations.map(({ frame, draws }) => ({ map: name, frame, evaluation: meanEvaluation(draws) }));
  });
}

function optionsOf(spec: StudySpec, { engine, signal }: StudyContext): EvaluateOptions {
  return { engine, signal, ...measuredBy(spec) };
}

function exceptionOf({ allowSeen }: StudySpec): Pick<ScoreMapOptions, "allowSeen"> {
  return allowSeen === undefined ? {} : { allowSeen };
}
