import { silent } from "../core/progress.js";
import { runStudy } from "./run-study.js";
import { countEvaluations, type StudyContext, type StudyResult, type StudySpec } from "./study-spec.js";

/** Run several studies, one after the other, under one progress that counts the evaluations of all. @throws as runStudy does. */
export async function runStudies(specs: readonly StudySpec[], context: StudyContext): Promise<StudyResult[]> {
  const { progress = silent } = context;
  const results: StudyResult[] = [];
  let before = 0;
  for (const spec of specs) {
    const begun = before;
    const own = { update: (done: number) => { progress.update(begun + done); }, end: () => undefined }; // prettier-ignore
    results.push(await runStudy(spec, { ...context, progress: own }));
    before += countEvaluations(spec);
  }
  progress.end();
  return results;
}
