import { ShapeError, ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { oneAfterAnother } from "../core/one-after-another.js";
import { startPace } from "../linalg/pace.js";
import { countFalseMatches, countTile, rankTile, type MomentSums, type RankCounts, type SubjectTile } from "./count-tile.js";
import { countedVerification, countGrid, expectedCells, neededCells, type Grid } from "./counted-verification.js";
import type { RankOptions, Ranks } from "./identification.js";
import type { ScoreLabels, SearchLabels } from "./labels.js";
import { collectMated, type MatedOfTiles } from "./mated-tiles.js";
import { checkFmr } from "./operating-point.js";
import { countPairs, type CountedPairs } from "./pair-scores.js";
import { createPlaceCells, isWatched, watchCells, type PlaceCells } from "./place-cells.js";
import { addDyad, emptyPlaceSums, type PlaceSums } from "./place-sums.js";
import { placesAmong } from "./places.js";
import { rankCandidates } from "./rank-candidates.js";
import { prepareScorer, type Scorer } from "./similarity.js";
import type { ScoreOptions, ScoreSummary } from "./scores.js";
import { groupSubjects, type SubjectGroups } from "./subject-tiles.js";
import { checkSides, type Verification } from "./verification.js";

export interface RecognitionOptions extends Omit<ScoreOptions, "blockSize">, RankOptions {
  /** False match rates at which thresholds will be asked for; others are refused later. @defaultValue [1e-2, 1e-3, 1e-4, 1e-5] */
  readonly fmrs?: readonly number[];
  /** Probes and templates of one tile, about; a person's are never cut apart. @defaultValue 2048 */
  readonly tileSize?: number;
}

export interface Recognition extends ScoreSummary {
  /** Null for one set against itself. */
  readonly ranks: Ranks | null;
  readonly evaluation: Verification;
  readonly pairs: CountedPairs;
}

/**
 * Identify and verify at any size: ranks, and non-mated scores counted between and on the sorted mated ones, all exact.
 *
 * Rows are ordered by subject and the table of scores is cut into tiles between subjects, so that mated scores are in the tiles on the
 * diagonal. Those are scored first; then every tile is scored, in the same products and so to the same bits, and its non-mated scores are
 * counted. Scores near the thresholds that a sample predicts are kept; where the prediction fails, the tiles are scored once more.
 *
 * Memory: a tile and its rows, and sums by pairs of its subjects (24 + at most 64 MiB), the mated scores, and tables of up to some 40 MiB;
 * nothing grows with the non-mated comparisons.
 *
 * @param probes n × d.
 * @param gallery m × d; the same rows as `probes` when `labels` are of all pairs of one set.
 * @throws ShapeError when widths differ or labels do not fit; ValueError when a side is empty, a value is not finite, there are no mated or
 * no non-mated comparisons, or a rate is not in [0, 1).
 */
export async function scoreRecognition(
  probes: Matrix32,
  gallery: Matrix32,
  labels: SearchLabels,
  options: RecognitionOptions,
): Promise<Recognition & { readonly ranks: Ranks }>;
export async function scoreRecognition(
  probes: Matrix32,
  gallery: Matrix32,
  labels: ScoreLabels,
  options: RecognitionOptions,
): Promise<Recognition>;
export async function scoreRecognition(
  probes: Matrix32,
  gallery: Matrix32,
  labels: ScoreLabels,
  { engine, signal, similarity = "cosine", unit = "subject", fmrs = [1e-2, 1e-3, 1e-4, 1e-5], tileSize = 2048 }: RecognitionOptions,
): Promise<Recognition> {
  checkLabels(probes, gallery, labels, tileSize);
  fmrs.forEach(checkFmr);
  const { matedCount, nonMatedCount } = countPairs(labels);
  checkSides(matedCount, nonMatedCount);
  const groups = groupSubjects(labels, tileSize);
  const order = { probes: groups.probeOrder, gallery: groups.templateOrder };
  const scorer = await prepareScorer(probes, gallery, { engine, signal, similarity, caller: "scoreRecognition", order });
  const tiles = tileSource(scorer, groups, labels.pairs === "upper");
  const walk = { tiles, groups, labels, signal };

  const mated = await collectMated(tiles, groups, labels, { matedCount, signal });
  const places = placesAmong(mated.mated);
  const cells = createPlaceCells(places, mated.range, nonMatedCount);
  for (const { first, last } of expectedCells(mated, cells, fmrs)) watchCells(cells, first, last);
  const counts = labels.pairs === "all" ? emptyRanks(mated.best) : null;
  const { sums, moments } = await countAll(walk, cells, counts, unit);

  const grid: Grid = { cells, mated: mated.mated, nonMatedCount, moments };
  const counted = countGrid(grid, fmrs);
  const needed = neededCells(counted);
  const isComplete = needed.every((cell) => isWatched(cells.codes[cell]));
  const kept = isComplete ? cells : createPlaceCells(places, mated.range, nonMatedCount);
  if (!isComplete) {
    for (const cell of needed) watchCells(kept, cell, cell);
    await countAll(walk, kept, null, unit);
  }
  const pairs: CountedPairs = {
    labels,
    mated: mated.mated,
    matedSubjects: mated.matedSubjects,
    placeSums: sums,
    // Walks share the tiles' memory.
    falseMatchesAt: oneAfterAnother((threshold) =>
      sumTiles(walk, (tile, sums) => {
        countFalseMatches(tile, groups, threshold, sums);
      }),
    ),
  };
  return {
    ranks: counts === null ? null : ranksOf(labels, groups, mated, counts, unit),
    evaluation: countedVerification({ ...grid, cells: kept }, counted),
    pairs,
    degenerateCount: scorer.degenerateCount,
  };
}

/** Scores tiles; the last one is remembered, and the next one takes its memory. */
export interface TileSource {
  /** Scores in each tile. */
  readonly area: number;
  tile(row: number, column: number): Promise<SubjectTile>;
}

/**
 * All tiles are products of one size, that of the largest, so that equal rows score the same wherever they stand: an engine may round
 * otherwise in a product of another shape.
 */
function tileSource(scorer: Scorer, { groups, probeOrder, templateOrder }: SubjectGroups, isHalf: boolean): TileSource {
  const rowCount = groups.reduce((most, { probes }) => Math.max(most, sizeOf(probes)), 0);
  const columnCount = groups.reduce((most, { templates }) => Math.max(most, sizeOf(templates)), 0);
  let recent: SubjectTile | null = null;
  const into = new Float32Array(rowCount * columnCount);
  return {
    area: into.length,
    async tile(row: number, column: number): Promise<SubjectTile> {
      const [rows, columns] = [groups[row], groups[column]];
      if (recent?.rows === rows && recent.columns === columns) return recent;
      recent = null;
      const firstProbe = Math.min(rows.probes.first, probeOrder.length - rowCount);
      const firstTemplate = Math.min(columns.templates.first, templateOrder.length - columnCount);
      const scores = await scorer.score(
        { first: firstProbe, last: firstProbe + rowCount },
        { first: firstTemplate, last: firstTemplate + columnCount },
        into,
      );
      recent = { rows, columns, scores, firstProbe, firstTemplate, isHalf: isHalf && row === column };
      return recent;
    },
  };
}

interface Walk {
  readonly tiles: TileSource;
  readonly groups: SubjectGroups;
  readonly labels: ScoreLabels;
  readonly signal: AbortSignal | undefined;
}

async function countAll(
  walk: Walk,
  cells: PlaceCells,
  ranks: RankCounts | null,
  unit: "subject" | "template",
): Promise<{ sums: PlaceSums; moments: MomentSums }> {
  const moments: MomentSums = new Float64Array(2);
  const sums = await sumTiles(walk, (tile, own) => {
    if (ranks !== null) rankTile(tile, walk.groups, ranks, unit);
    countTile(tile, walk.groups, cells, moments, own);
  });
  return { sums, moments };
}

/** Every tile once, mirrored ones one after the other, so that sums over pairs of subjects are complete when both are done. */
async function sumTiles(
  { tiles, groups, labels, signal }: Walk,
  addSums: (tile: SubjectTile, sums: Float64Array) => void,
): Promise<PlaceSums> {
  const sums = emptyPlaceSums(labels.subjectCount);
  const most = groups.groups.reduce((count, { subjects }) => Math.max(count, sizeOf(subjects)), 0);
  const [ofBelow, ofAbove] = [new Float64Array(most * most), new Float64Array(most * most)];
  const pace = startPace(signal);
  const count = async (row: number, column: number, into: Float64Array): Promise<Float64Array | null> => {
    const [rows, columns] = [groups.groups[row], groups.groups[column]];
    if (sizeOf(rows.probes) === 0 || sizeOf(columns.templates) === 0) return null;
    const tile = await tiles.tile(row, column);
    into.fill(0, 0, sizeOf(rows.subjects) * sizeOf(columns.subjects));
    addSums(tile, into);
    if (pace.spend(10 * tile.scores.data.length)) await pace.turn();
    return into;
  };
  // From the last: its diagonal tile is still there from the pass before.
  for (let row = groups.groups.length - 1; row >= 0; row--) {
    for (let column = row; column >= 0; column--) {
      const isHalf = labels.pairs === "upper";
      const below = isHalf && row !== column ? null : await count(row, column, ofBelow);
      const above = row === column ? below : await count(column, row, ofAbove);
      addDyads(sums, groups, row, column, below, above, isHalf);
    }
  }
  return sums;
}

function addDyads(
  sums: PlaceSums,
  { groups, subjects, probeBegins, templateBegins }: SubjectGroups,
  row: number,
  column: number,
  below: Float64Array | null,
  above: Float64Array | null,
  isHalf: boolean,
): void {
  const [rows, columns] = [groups[row].subjects, groups[column].subjects];
  const [rowCount, columnCount] = [sizeOf(rows), sizeOf(columns)];
  const width = (begins: Int32Array, subject: number): number => begins[subject + 1] - begins[subject];
  for (let i = 0; i < rowCount; i++) {
    for (let j = 0; j < (row === column ? i : columnCount); j++) {
      const [one, other] = [rows.first + i, columns.first + j];
      const forth = width(probeBegins, one) * width(templateBegins, other);
      const back = width(probeBegins, other) * width(templateBegins, one);
      const comparisons = isHalf ? forth : forth + back;
      if (comparisons === 0) continue;
      const places = (below === null ? 0 : below[i * columnCount + j]) + (above === null ? 0 : above[j * rowCount + i]);
      addDyad(sums, subjects[one], subjects[other], comparisons, places);
    }
  }
}

function emptyRanks(best: Float32Array): RankCounts {
  return { best, above: new Int32Array(best.length), atLeast: new Int32Array(best.length) };
}

/** The ranks of probes with a mate, in the order in which they were given. */
function ranksOf(
  labels: ScoreLabels,
  { probeOrder }: SubjectGroups,
  { mateCounts, bestCounts }: MatedOfTiles,
  { above, atLeast }: RankCounts,
  unit: "subject" | "template",
): Ranks {
  const at = new Int32Array(probeOrder.length);
  probeOrder.forEach((probe, i) => {
    at[probe] = i;
  });
  const probes = Int32Array.from(labels.probes.keys()).filter((probe) => mateCounts[at[probe]] > 0);
  const ordered = probes.map((probe) => at[probe]);
  return {
    better: ordered.map((i) => above[i]),
    tied: ordered.map((i) => atLeast[i] - above[i]),
    mates: ordered.map((i) => (unit === "subject" ? 1 : bestCounts[i])),
    subjects: probes.map((probe) => labels.probes[probe]),
    subjectCount: labels.subjectCount,
    candidateCount: rankCandidates(labels, unit).candidateCount,
    unmatedProbeCount: labels.probes.length - probes.length,
  };
}

function sizeOf({ first, last }: { readonly first: number; readonly last: number }): number {
  return last - first;
}

function checkLabels(probes: Matrix32, gallery: Matrix32, labels: ScoreLabels, tileSize: number): void {
  if (labels.probes.length !== probes.rows || labels.gallery.length !== gallery.rows) {
    throw new ShapeError(
      `scoreRecognition: got labels of ${labels.probes.length} probes and ${labels.gallery.length} templates for ${probes.rows} and ${gallery.rows} rows; give one for each row`,
    );
  }
  if (!Number.isInteger(tileSize) || tileSize < 1) {
    throw new ValueError(`scoreRecognition: got a tile size of ${tileSize}; it must be a whole number from 1 on`);
  }
}
