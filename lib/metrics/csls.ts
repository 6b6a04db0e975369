import { ShapeError, SplitError, ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { keepLargestInto } from "../linalg/keep-largest.js";
import { prepareUnitRows } from "./unit-rows.js";

/**
 * Cross-domain similarity local scaling: 2 cos(x, y) − r(x) − r(y), where r is the mean cosine to the nearest rows of a cohort from the
 * other side. It takes points down that are near to everybody.
 *
 * The cohort must hold nobody who is searched for: see checkCohort.
 *
 * @see Conneau et al. 2018, arXiv:1710.04087; docs/definitions.md
 */
export interface CslsSimilarity {
  readonly kind: "csls";
  /** Rows of the source side, mapped as the probes are: the templates' r comes from them. c × d. */
  readonly sourceCohort: Matrix32;
  /** Rows of the gallery's side: the probes' r comes from them. c × d. */
  readonly targetCohort: Matrix32;
  /** @defaultValue 10 */
  readonly neighbourCount?: number;
}

/**
 * Hold a cohort to people who are not among the probes.
 *
 * @throws SplitError that names the first person who is on both sides.
 */
export function checkCohort(cohortIdentities: readonly string[], probeIdentities: readonly string[]): void {
  const probes = new Set(probeIdentities);
  const shared = cohortIdentities.find((identity) => probes.has(identity));
  if (shared !== undefined) {
    throw new SplitError(
      `checkCohort: ${shared} is in the cohort and among the probes; take the cohort from other people, as those of the training part`,
    );
  }
}

/**
 * Mean cosine of each row to its nearest rows of one side of the cohort; 0 for a row without a direction.
 *
 * @throws ShapeError when the widths differ; ValueError when the cohort has fewer rows with a direction than neighbours are asked for.
 */
export async function neighbourhoodSimilarity(
  rows: Matrix32,
  similarity: CslsSimilarity,
  side: "source" | "target",
  { engine, signal }: { readonly engine: Engine; readonly signal?: AbortSignal | undefined },
): Promise<Float64Array> {
  const { neighbourCount = 10 } = similarity;
  const cohort = side === "source" ? similarity.sourceCohort : similarity.targetCohort;
  if (cohort.columns !== rows.columns) {
    throw new ShapeError(`csls: the ${side} cohort is ${cohort.columns} wide and the rows ${rows.columns}; bring both into one space`);
  }
  const others = prepareUnitRows(cohort, `csls: ${side} cohort`);
  const usable = cohort.rows - others.degenerate.length;
  if (!Number.isInteger(neighbourCount) || neighbourCount < 1 || neighbourCount > usable) {
    throw new ValueError(
      `csls: got ${neighbourCount} neighbours in a ${side} cohort of ${usable} rows; it needs a whole number from 1 to the cohort's size`,
    );
  }
  const without = new Set(others.degenerate);
  const unit = prepareUnitRows(rows, "csls: rows");
  const means = new Float64Array(rows.rows);
  const blockRows = Math.max(1, Math.floor(2 ** 22 / cohort.rows));
  const nearest = new Float64Array(neighbourCount);
  for (let first = 0; first < rows.rows; first += blockRows) {
    signal?.throwIfAborted();
    const count = Math.min(blockRows, rows.rows - first);
    const { data } = await engine.product(unit.take(first, first + count), others.take(0, cohort.rows), { transposeRight: true, signal });
    for (let i = 0; i < count; i++) {
      nearest.fill(-Infinity);
      for (let j = 0; j < cohort.rows; j++) if (!without.has(j)) keepLargestInto(nearest, data[i * cohort.rows + j]);
      means[first + i] = nearest.reduce((sum, value) => sum + value, 0) / neighbourCount;
    }
  }
  return means;
}
