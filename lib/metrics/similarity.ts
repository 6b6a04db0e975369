import { ShapeError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { neighbourhoodSimilarity, type CslsSimilarity } from "./csls.js";
import { euclideanScorer } from "./euclidean.js";
import { prepareUnitRows } from "./unit-rows.js";

/** How two rows are compared: larger is more alike. `euclidean` is the negated distance. */
export type ScoreSimilarity = "cosine" | "euclidean" | CslsSimilarity;

/** Consecutive rows: `first` up to, not including, `last`. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** Scores any rectangle of the table probes × gallery; the same rectangle gives the same bits, another cut of it may round otherwise. */
export interface Scorer {
  /** Rows of both sides without a direction; they score −∞ against everything. */
  readonly degenerateCount: number;
  /** @param into where they go; memory of their own without it. */
  score(probes: RowRange, templates: RowRange, into?: Float32Array): Promise<Matrix32>;
}

export interface ScorerOptions {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  readonly similarity: ScoreSimilarity;
  /** For messages: who asks. */
  readonly caller: string;
  /** Rows to take of each side, in that order; all when left out. */
  readonly order?: { readonly probes: Int32Array; readonly gallery: Int32Array };
}

/** @throws ShapeError when widths differ; ValueError when a side is empty or a value is not finite. */
export async function prepareScorer(probes: Matrix32, gallery: Matrix32, options: ScorerOptions): Promise<Scorer> {
  const { similarity, caller } = options;
  if (probes.columns !== gallery.columns) {
    throw new ShapeError(
      `${caller}: probes are ${probes.columns} wide and the gallery ${gallery.columns}; map the probes into the gallery's space first`,
    );
  }
  if (similarity === "euclidean") return euclideanScorer(probes, gallery, options);
  const cosines = cosineScorer(probes, gallery, options);
  return similarity === "cosine" ? cosines : await cslsScorer(cosines, probes, gallery, similarity, options);
}

function cosineScorer(probes: Matrix32, gallery: Matrix32, { engine, signal, caller, order }: ScorerOptions): Scorer {
  const templateRows = prepareUnitRows(gallery, `${caller}: gallery`, order?.gallery);
  const probeRows = prepareUnitRows(probes, `${caller}: probes`, order?.probes);
  return {
    degenerateCount: probeRows.degenerate.length + templateRows.degenerate.length,
    async score(rows: RowRange, templates: RowRange, into?: Float32Array): Promise<Matrix32> {
      const [left, right] = [probeRows.take(rows.first, rows.last), templateRows.take(templates.first, templates.last)];
      const scores = await engine.product(left, right, { transposeRight: true, into, signal });
      for (const probe of probeRows.degenerate) {
        const row = probe - rows.first;
        if (row >= 0 && row < scores.rows) scores.data.fill(-Infinity, row * scores.columns, (row + 1) * scores.columns);
      }
      for (const template of templateRows.degenerate) {
        const column = template - templates.first;
        if (column < 0 || column >= scores.columns) continue;
        for (let i = column; i < scores.data.length; i += scores.columns) scores.data[i] = -Infinity;
      }
      return scores;
    },
  };
}

/** 2 cos(x, y) − r(x) − r(y). */
async function cslsScorer(
  cosines: Scorer,
  probes: Matrix32,
  gallery: Matrix32,
  similarity: CslsSimilarity,
  { engine, signal, order }: ScorerOptions,
): Promise<Scorer> {
  const ofProbes = take(await neighbourhoodSimilarity(probes, similarity, "target", { engine, signal }), order?.probes);
  const ofTemplates = take(await neighbourhoodSimilarity(gallery, similarity, "source", { engine, signal }), order?.gallery);
  return {
    degenerateCount: cosines.degenerateCount,
    async score(rows: RowRange, templates: RowRange, into?: Float32Array): Promise<Matrix32> {
      const { data, columns } = await cosines.score(rows, templates, into);
      for (let i = 0, at = 0; at < data.length; i++) {
        const hub = ofProbes[rows.first + i];
        for (let j = 0; j < columns; j++, at++) data[at] = 2 * data[at] - hub - ofTemplates[templates.first + j];
      }
      return { rows: rows.last - rows.first, columns, data };
    },
  };
}

function take(values: Float64Array, order: Int32Array | undefined): Float64Array {
  return order === undefined ? values : Float64Array.from(order, (row) => values[row]);
}
