import { ShapeError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32 } from "../core/matrix.js";
import type { Random } from "../core/random.js";
import type { Engine } from "../linalg/engine.js";
import { centredRows } from "./centred-rows.js";
import { findNeighbours } from "./neighbours.js";

export interface CloudMapOptions {
  /** Of the picture. */
  readonly dimensions: 2 | 3;
  readonly random: Random;
  readonly engine: Engine;
  /** How many neighbours a point is drawn to. @defaultValue 15 */
  readonly neighbours?: number;
  /** Honoured between epochs. */
  readonly signal?: AbortSignal | undefined;
}

/** Pictures are made of this many principal components: distances among faces are kept, and it is ten times faster. */
export const componentCount = 50;

/**
 * A 2-D or 3-D picture of n × d points by UMAP on their principal components and their nearest neighbours, found exactly.
 *
 * Neighbourhoods are kept where they can be; distances between far groups, their sizes and the axes mean nothing. Clouds that are to be
 * compared are stacked and mapped in one call: two pictures have no coordinates in common.
 *
 * @throws ShapeError when there are no more points than neighbours; ValueError when a value is not finite.
 * @see McInnes, Healy, Melville 2018, arXiv 1802.03426
 */
export async function mapCloud(
  points: Matrix32,
  { dimensions, random, engine, neighbours = 15, signal }: CloudMapOptions,
): Promise<Matrix32> {
  if (points.rows <= neighbours) {
    throw new ShapeError(`mapCloud: got ${points.rows} points and ${neighbours} neighbours; give more points, or fewer neighbours`);
  }
  const components = await principalComponents(points, Math.min(componentCount, points.columns), engine);
  const { indices, values, count } = await findNeighbours(components, neighbours - 1, { engine, signal, nearness: "euclidean" });
  const { UMAP } = await import("umap-js");
  const umap = new UMAP({ nComponents: dimensions, nNeighbors: neighbours, random: () => random.uniform() });
  // A point counts as the first of its own neighbours.
  const rowOf = <T>(i: number, first: T, pick: (k: number) => T): T[] => [
    first,
    ...Array.from({ length: count }, (_, k) => pick(i * count + k)),
  ];
  umap.setPrecomputedKNN(
    Array.from({ length: points.rows }, (_, i) => rowOf(i, i, (k) => indices[k])),
    Array.from({ length: points.rows }, (_, i) => rowOf(i, 0, (k) => values[k])),
  );
  const rows = Array.from({ length: components.rows }, (_, i) =>
    Array.from(components.data.subarray(i * components.columns, (i + 1) * components.columns)),
  );
  const picture = await umap.fitAsync(rows, () => !(signal?.aborted ?? false));
  signal?.throwIfAborted();
  return matrix32(points.rows, dimensions, Float32Array.from(picture.flat()));
}

/** Coordinates of the centred points along their `count` widest directions. */
export async function principalComponents(points: Matrix32, count: number, engine: Engine): Promise<Matrix32> {
  checkFinite(points, "principalComponents");
  const centred = centredRows(points);
  const { rows, columns } = centred;
  const { vectors } = await engine.eigh(await engine.gram(centred));
  const all = await engine.product(centred, vectors);
  const kept = matrix32(rows, count);
  for (let i = 0; i < rows; i++) kept.data.set(all.data.subarray(i * columns, i * columns + count), i * count);
  return kept;
}
