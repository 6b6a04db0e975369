import { ValueError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";

/** What near means. */
export type Nearness = "cosine" | "euclidean";

/** Rows made ready for a search: float32 forms whose products find candidates, and the exact score of any two rows. */
export interface NeighbourSpace {
  /** n × d, of length at most about 1. */
  readonly rows: Matrix32;
  /** A product less `offsets` of both rows is the rough score of two rows, in units of `unit`. */
  readonly offsets: Float64Array;
  readonly unit: number;
  /** The most by which a rough score can be wrong. */
  readonly slack: number;
  /** In float64: the cosine, or minus half the squared distance. The same in both directions, and for rows of the same values. */
  readonly exact: (i: number, j: number) => number;
}

/** Unit roundoff of float32. */
const roundoff = 2 ** -24;

/** @throws ValueError when a row has no direction and near means the cosine. */
export function neighbourSpace(rows: Matrix32, nearness: Nearness, caller: string): NeighbourSpace {
  // A sum of d rounded products, whatever its order, is wrong by d roundoffs of Σ |x y| at most; rounding the rows adds a few.
  const slack = 1.01 * (rows.columns + 8) * roundoff;
  return { ...(nearness === "cosine" ? directions(rows, caller) : places(rows)), slack };
}

function directions(rows: Matrix32, caller: string): Omit<NeighbourSpace, "slack"> {
  const { columns, data } = rows;
  const norms = Float64Array.from({ length: rows.rows }, (_, i) => Math.sqrt(dot(data, i * columns, i * columns, columns)));
  const zero = norms.findIndex((norm) => !(norm > 0));
  if (zero >= 0) throw new ValueError(`${caller}: row ${zero} has zero length; it has no cosine, so leave it out`);
  const unit = matrix32(rows.rows, columns);
  for (let i = 0, k = 0; i < rows.rows; i++) {
    for (let j = 0; j < columns; j++, k++) unit.data[k] = data[k] / norms[i];
  }
  return {
    rows: unit,
    offsets: new Float64Array(rows.rows),
    unit: 1,
    exact: (i, j) => Math.max(-1, Math.min(1, dot(data, i * columns, j * columns, columns) / (norms[i] * norms[j]))),
  };
}

/** Rows about their mean, the farthest at distance 1, so that products lose as little as they can. */
function places(rows: Matrix32): Omit<NeighbourSpace, "slack"> {
  const { columns, data } = rows;
  const mean = new Float64Array(columns);
  for (let i = 0, k = 0; i < rows.rows; i++) {
    for (let j = 0; j < columns; j++, k++) mean[j] += data[k] / rows.rows;
  }
  let farthest = 0;
  for (let i = 0, k = 0; i < rows.rows; i++) {
    let energy = 0;
    for (let j = 0; j < columns; j++, k++) energy += (data[k] - mean[j]) ** 2;
    farthest = Math.max(farthest, Math.sqrt(energy));
  }
  const radius = farthest > 0 ? farthest : 1;
  const scaled = matrix32(rows.rows, columns);
  const offsets = new Float64Array(rows.rows);
  for (let i = 0, k = 0; i < rows.rows; i++) {
    for (let j = 0; j < columns; j++, k++) {
      const value = Math.fround((data[k] - mean[j]) / radius);
      scaled.data[k] = value;
      offsets[i] += (value * value) / 2;
    }
  }
  return {
    rows: scaled,
    offsets,
    unit: radius * radius,
    exact: (i, j) => -squaredDistance(data, i * columns, j * columns, columns) / 2,
  };
}

function dot(data: Float32Array, first: number, second: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += data[first + k] * data[second + k];
  return sum;
}

function squaredDistance(data: Float32Array, first: number, second: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const gap = data[first + k] - data[second + k];
    sum += gap * gap;
  }
  return sum;
}
