import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix32, type Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";

/** Scores of consecutive probes against the whole gallery: row i belongs to probe `firstProbe + i`. */
export interface ScoreBlock {
  readonly firstProbe: number;
  readonly scores: Matrix32;
}

/** Takes every block once, in probe order. */
export interface ScoreConsumer {
  add(block: ScoreBlock): void;
}

export interface ScoreOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Most scores a block holds, unless one probe alone has more. @defaultValue 2^22 (16 MiB) */
  readonly blockSize?: number;
}

export interface ScoreSummary {
  /** Rows of probes and gallery without a direction; they score −∞ against everything. */
  readonly degenerateCount: number;
}

/**
 * Feed the cosines of n probes and m gallery rows to `consumers`, block by block; the n × m matrix never exists.
 *
 * Rows are brought to unit length by norms summed in float64; products are float32. Nothing is centred here.
 *
 * @param probes n × d.
 * @param gallery m × d.
 * @throws ShapeError when the widths differ; ValueError when a side is empty or a value is not finite.
 */
export async function scoreBlocks(
  probes: Matrix32,
  gallery: Matrix32,
  consumers: readonly ScoreConsumer[],
  { engine, signal, blockSize = 2 ** 22 }: ScoreOptions,
): Promise<ScoreSummary> {
  if (probes.columns !== gallery.columns) {
    throw new ShapeError(
      `scoreBlocks: probes are ${probes.columns} wide and the gallery ${gallery.columns}; map the probes into the gallery's space first`,
    );
  }
  const unitGallery = unitRows(gallery, "scoreBlocks: gallery");
  const unitProbes = unitRows(probes, "scoreBlocks: probes");
  const blockRows = Math.max(1, Math.floor(blockSize / gallery.rows));
  const width = probes.columns;
  for (let firstProbe = 0; firstProbe < probes.rows; firstProbe += blockRows) {
    signal?.throwIfAborted();
    const rows = Math.min(blockRows, probes.rows - firstProbe);
    const part = matrix32(rows, width, unitProbes.rows.data.subarray(firstProbe * width, (firstProbe + rows) * width));
    const scores = await engine.product(part, unitGallery.rows, { transposeRight: true, signal });
    banDegenerate(scores, firstProbe, unitProbes.degenerate, unitGallery.degenerate);
    for (const consumer of consumers) consumer.add({ firstProbe, scores });
  }
  return { degenerateCount: unitProbes.degenerate.length + unitGallery.degenerate.length };
}

/** A copy with rows of unit length, and the indices of the rows that have none; those stay zero. */
function unitRows(matrix: Matrix32, what: string): { rows: Matrix32; degenerate: readonly number[] } {
  if (matrix.rows === 0) throw new ValueError(`${what} is empty; it needs at least one row`);
  checkFinite(matrix, what);
  const unit = matrix32(matrix.rows, matrix.columns);
  const degenerate: number[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    const begin = row * matrix.columns;
    const end = begin + matrix.columns;
    let energy = 0;
    for (let i = begin; i < end; i++) energy += matrix.data[i] * matrix.data[i];
    if (energy === 0) {
      degenerate.push(row);
      continue;
    }
    const factor = 1 / Math.sqrt(energy);
    for (let i = begin; i < end; i++) unit.data[i] = matrix.data[i] * factor;
  }
  return { rows: unit, degenerate };
}

function banDegenerate(scores: Matrix32, firstProbe: number, probes: readonly number[], gallery: readonly number[]): void {
  for (const probe of probes) {
    const row = probe - firstProbe;
    if (row >= 0 && row < scores.rows) scores.data.fill(-Infinity, row * scores.columns, (row + 1) * scores.columns);
  }
  for (const column of gallery) {
    for (let i = column; i < scores.data.length; i += scores.columns) scores.data[i] = -Infinity;
  }
}
