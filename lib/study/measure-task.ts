import { measureStep, type Outcome, type StudyStep } from "./measure-step.js";
import { prepareStudy, type PreparedStudy } from "./prepare-study.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** A step of studies that fit on the same rows. */
export interface SharedStep extends StudyStep {
  /** Their indices. */
  readonly studies: readonly number[];
}

/** Steps that are done together, since they share their sums. */
export interface StudyTask {
  /** What is fitted on: `PreparedFits.key`. */
  readonly fits: string;
  readonly steps: readonly SharedStep[];
}

/** The outcomes of a step, of each of its studies. */
export type MeasureSharedStep = (fits: string, step: SharedStep) => Promise<Outcome[][]>;

/** Prepare studies when their first step comes, and let them go when one comes that fits on other rows. */
export function createStepMeasure(specs: readonly StudySpec[], context: StudyContext): MeasureSharedStep {
  let current = "";
  const prepared = new Map<number, PreparedStudy>();
  return async (fits, { pair, map, studies }) => {
    if (fits !== current) prepared.clear(); // before the next ones take memory
    current = fits;
    for (const study of studies) {
      if (prepared.has(study)) continue;
      const other = [...prepared.values()].at(0);
      prepared.set(study, await prepareStudy(specs[study], context, other?.fits));
    }
    const own = studies.map((study) => ({ spec: specs[study], prepared: prepared.get(study)! }));
    return measureStep({ pair, map }, own, context);
  };
}
