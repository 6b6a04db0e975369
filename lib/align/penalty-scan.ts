import { matrix32, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { largestMagnitude } from "../linalg/check.js";
import type { MomentsOptions } from "./cloud.js";
import type { SpectralSolver } from "./spectral-solver.js";

/** Float32 puts mean cosines some 1e-9 off. */
export const scanError = 1e-6;

/**
 * Mean cosines of many penalties' mapped rows with their targets, within `scanError`: in float32, which takes less than half the time.
 *
 * @param along n × rank, centred source rows in the solver's live directions.
 * @param wanted n × q, centred targets.
 */
export async function scanPenalties(
  { directions: { values }, projected }: SpectralSolver,
  along: Matrix64,
  wanted: Matrix64,
  lambdas: readonly number[],
  { engine, signal }: MomentsOptions,
): Promise<number[]> {
  const [source, weights, targets] = [scaledToFloat32(along), scaledToFloat32(projected), unitRows(wanted)];
  const shrunk = matrix32(source.rows, source.columns);
  const into = new Float32Array(targets.data.length);
  const cosines: number[] = [];
  for (const lambda of lambdas) {
    const least = values[values.length - 1] + lambda;
    scaleColumnsInto(
      shrunk,
      source,
      values.map((value) => least / (value + lambda)),
    );
    cosines.push(meanAlong(await engine.product(shrunk, weights, { into, signal }), targets));
  }
  return cosines;
}

/** A matrix over its largest magnitude: cosines do not see it, and float32 would not hold all. */
function scaledToFloat32({ rows, columns, data }: Matrix64): Matrix32 {
  const largest = largestMagnitude(data);
  const result = matrix32(rows, columns);
  if (largest > 0) for (let k = 0; k < data.length; k++) result.data[k] = data[k] / largest;
  return result;
}

function unitRows({ rows, columns, data }: Matrix64): Matrix32 {
  const unit = matrix32(rows, columns);
  for (let first = 0; first < data.length; first += columns) {
    let energy = 0;
    for (let k = first; k < first + columns; k++) energy += data[k] * data[k];
    const factor = energy > 0 ? 1 / Math.sqrt(energy) : 0;
    for (let k = first; k < first + columns; k++) unit.data[k] = factor * data[k];
  }
  return unit;
}

function scaleColumnsInto(scaled: Matrix32, { columns, data }: Matrix32, factors: Float64Array): void {
  for (let first = 0; first < data.length; first += columns) {
    for (let j = 0; j < columns; j++) scaled.data[first + j] = data[first + j] * factors[j];
  }
}

/** Mean cosine of rows with rows of unit length; a row without direction counts as 0. */
function meanAlong({ rows, columns, data }: Matrix32, { data: unit }: Matrix32): number {
  let sum = 0;
  for (let first = 0; first < data.length; first += columns) {
    let [dot, energy, otherDot, otherEnergy] = [0, 0, 0, 0];
    let k = first;
    for (; k < first + columns - 1; k += 2) {
      dot += data[k] * unit[k];
      energy += data[k] * data[k];
      otherDot += data[k + 1] * unit[k + 1];
      otherEnergy += data[k + 1] * data[k + 1];
    }
    if (k < first + columns) {
      dot += data[k] * unit[k];
      energy += data[k] * data[k];
    }
    const norm = Math.sqrt(energy + otherEnergy);
    if (norm > 0) sum += (dot + otherDot) / norm;
  }
  return sum / rows;
}
