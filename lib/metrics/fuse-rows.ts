import { normaliseRows } from "../align/rows.js";
import { ShapeError, ValueError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";

/**
 * Rows of several networks side by side, each part of unit length times the root of its weight: the cosine of two such rows is the weighted
 * mean of the parts' cosines. Probes and gallery must be fused from the same parts with the same weights.
 *
 * Dividing weights by the standard deviations of the parts' non-mated scores makes it the sum of z-normalised scores, up to one affine
 * change of all scores, which alters no rate and no rank.
 *
 * @param parts n × d₁, n × d₂, …
 * @param weights not negative, one a part; equal when left out.
 * @returns n × (d₁ + d₂ + …).
 * @throws ShapeError when parts or weights differ in number; ValueError when a weight is not allowed, or a row is zero or not finite.
 */
export function concatenateRows(parts: readonly Matrix32[], weights: readonly number[] = parts.map(() => 1)): Matrix32 {
  const units = unitParts(parts, weights, "concatenateRows");
  const width = units.reduce((sum, { columns }) => sum + columns, 0);
  const fused = matrix32(parts[0].rows, width);
  let offset = 0;
  units.forEach(({ rows, columns, data }, part) => {
    const factor = Math.sqrt(weights[part]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) fused.data[i * width + offset + j] = factor * data[i * columns + j];
    }
    offset += columns;
  });
  return fused;
}

/**
 * The weighted mean of rows of unit length in one space, such as mapped rows and native rows of the target network.
 *
 * @param parts each n × d.
 * @param weights not negative, one a part; equal when left out.
 * @returns n × d.
 * @throws ShapeError when parts differ in shape or weights in number; ValueError when a weight is not allowed, or a row is zero or not
 * finite.
 */
export function averageRows(parts: readonly Matrix32[], weights: readonly number[] = parts.map(() => 1)): Matrix32 {
  const units = unitParts(parts, weights, "averageRows");
  const { rows, columns } = units[0];
  if (units.some((unit) => unit.columns !== columns)) {
    throw new ShapeError(`averageRows: parts are ${units.map((unit) => unit.columns).join(", ")} wide; map them into one space first`);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(rows * columns);
  units.forEach(({ data }, part) => {
    for (let k = 0; k < data.length; k++) mean[k] += (weights[part] / total) * data[k];
  });
  return matrix32(rows, columns, Float32Array.from(mean));
}

function unitParts(parts: readonly Matrix32[], weights: readonly number[], caller: string): Matrix32[] {
  const counts = new Set(parts.map(({ rows }) => rows));
  if (counts.size !== 1 || weights.length !== parts.length) {
    throw new ShapeError(
      `${caller}: got parts of ${[...counts].join(", ") || "no"} rows and ${weights.length} weights for ${parts.length} parts; give as many rows in each part, and a weight for each`,
    );
  }
  checkWeights(weights, caller);
  return parts.map(normaliseRows);
}

/** @throws ValueError when a weight is negative or not finite, or all are zero. */
export function checkWeights(weights: readonly number[], caller: string): void {
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) throw new ValueError(`${caller}: weight ${bad} is ${weights[bad]}; it must be finite and not negative`);
  if (weights.every((weight) => weight === 0)) throw new ValueError(`${caller}: all weights are 0; give one part some weight`);
}
