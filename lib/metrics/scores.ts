import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { prepareScorer, type ScoreSimilarity } from "./similarity.js";

/** Scores of consecutive probes against the whole gallery: row i belongs to probe `firstProbe + i`. */
export interface ScoreBlock {
  readonly firstProbe: number;
  readonly scores: Matrix32;
}

/** Takes every block once, in probe order. */
export interface ScoreConsumer {
  /** Take the next block. */
  add(block: ScoreBlock): void;
}

export interface ScoreOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Most scores a block holds, unless one probe alone has more. @defaultValue 2^22 (16 MiB) */
  readonly blockSize?: number;
  /** @defaultValue "cosine" */
  readonly similarity?: ScoreSimilarity;
}

export interface ScoreSummary {
  /** Rows of probes and gallery without a direction; they score −∞ against everything. */
  readonly degenerateCount: number;
}

/**
 * Feed the scores of n probes and m gallery rows to `consumers`, block by block; the n × m matrix never exists.
 *
 * For cosines, rows are brought to unit length by norms summed in float64; products are float32. Nothing is centred here.
 *
 * @param probes n × d.
 * @param gallery m × d.
 * @throws ShapeError when the widths differ; ValueError when a side is empty, a value is not finite, or no block could hold a row.
 */
export async function scoreBlocks(
  probes: Matrix32,
  gallery: Matrix32,
  consumers: readonly ScoreConsumer[],
  { engine, signal, blockSize = 2 ** 22, similarity = "cosine" }: ScoreOptions,
): Promise<ScoreSummary> {
  if (!(blockSize >= 1)) throw new ValueError(`scoreBlocks: got a block size of ${blockSize}; it must be at least 1`);
  const scorer = await prepareScorer(probes, gallery, { engine, signal, similarity, caller: "scoreBlocks" });
  const blockRows = Math.max(1, Math.floor(blockSize / gallery.rows));
  for (let firstProbe = 0; firstProbe < probes.rows; firstProbe += blockRows) {
    signal?.throwIfAborted();
    const last = Math.min(firstProbe + blockRows, probes.rows);
    const scores = await scorer.score({ first: firstProbe, last }, { first: 0, last: gallery.rows });
    for (const consumer of consumers) consumer.add({ firstProbe, scores });
  }
  return { degenerateCount: scorer.degenerateCount };
}
