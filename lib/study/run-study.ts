import { runStudies } from "./run-studies.js";
import type { StudyContext, StudyResult, StudySpec } from "./study-spec.js";

/**
 * Fit every map for every pair on the training rows, and measure identification and verification of the test rows.
 *
 * Of a kind or a control that is drawn at random the mean over its draws is reported. Rows come in the order of the spec: native baselines by
 * target, then pairs, maps, frames, metrics.
 *
 * @throws ValueError when the spec names nothing, or a map or study set that there is not; DataError when networks have different images.
 */
export async function runStudy(spec: StudySpec, context: StudyContext): Promise<StudyResult> {
  const [result] = await runStudies([spec], context);
  return result;
}
