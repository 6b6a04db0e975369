import { ValueError } from "../core/errors.js";
import type { MomentSums } from "./count-tile.js";
import { equalErrorPlace } from "./equal-error.js";
import { allowedMatches } from "./allowed-matches.js";
import { firstInCell, settledCounts, type PlaceCells } from "./place-cells.js";
import type { RowRange } from "./similarity.js";
import type { NonMatedStep, ScoreMoments, Verification } from "./verification.js";

/** Everything that was counted. */
export interface Grid {
  readonly cells: PlaceCells;
  readonly mated: Float32Array;
  readonly nonMatedCount: number;
  readonly moments: MomentSums;
}

/**
 * The cells in which the thresholds are expected: around the same share of an ascending sample of non-mated scores, both ends counted.
 */
export function expectedCells(
  { mated, sample }: { readonly mated: Float32Array; readonly sample: Float32Array },
  { cellOf, places, codes }: PlaceCells,
  fmrs: readonly number[],
): RowRange[] {
  const count = sample.length;
  if (count === 0) return [];
  const scoreAt = (fromTop: number): number => sample[count - 1 - Math.min(count - 1, Math.max(0, Math.round(fromTop)))];
  // The sample's own equal error rate.
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places.placesOf(Float32Array.of(scoreAt(middle)))[0];
    if (middle / count < place / 2 / mated.length) low = middle + 1;
    else high = middle;
  }
  return [...fmrs.map((fmr) => fmr * count), low].map((fromTop) => {
    const margin = 16 + fromTop / 64 + 5 * Math.sqrt(fromTop);
    const first = fromTop + margin < count ? Math.max(0, cellOf(scoreAt(fromTop + margin)) - 1) : 0;
    const last = fromTop > margin ? cellOf(scoreAt(fromTop - margin)) + 1 : codes.length - 1;
    return { first, last: Math.min(last, codes.length - 1) };
  });
}

/** What is read off a grid once it is full. */
export interface CountedGrid {
  /** All scores in each cell. */
  readonly inCells: Float64Array;
  /** Scores at each place among the mated ones. */
  readonly byPlace: Float64Array;
  /** How many scores precede those that the rates, and the equal error rate, depend on. */
  readonly asked: readonly number[];
}

/** Count the scores by cell and by place, and see which ones thresholds at these rates depend on. */
export function countGrid(grid: Grid, fmrs: readonly number[]): CountedGrid {
  const inCells = settledCounts(grid.cells);
  const byPlace = countsByPlace(grid.cells, inCells);
  const equal = equalErrorPlace(withSteps(grid, byPlace, []));
  const places = fmrs.map((fmr) => allowedMatches(fmr, grid.nonMatedCount));
  return { inCells, byPlace, asked: equal === null ? places : [...places, equal] };
}

/** The cells that hold the scores which the asked ones depend on. */
export function neededCells({ inCells, asked }: CountedGrid): number[] {
  const needed = new Set<number>();
  for (const above of asked) {
    const cell = cellAt(inCells, above).cell;
    needed.add(cell);
    for (let next = cell + 1; next < inCells.length; next++) {
      if (inCells[next] === 0) continue;
      needed.add(next);
      break;
    }
    for (let previous = cell - 1; previous >= 0; previous--) {
      if (inCells[previous] === 0) continue;
      needed.add(previous);
      break;
    }
  }
  return [...needed];
}

/** The evaluation, with the asked steps; `grid.cells` holds the scores of the needed cells. */
export function countedVerification(grid: Grid, { inCells, byPlace, asked }: CountedGrid): Verification {
  const steps: NonMatedStep[] = [];
  for (const above of asked) {
    const step = stepIn(grid, inCells, above);
    steps.push(step);
    if (step.atOrAbove < grid.nonMatedCount) steps.push(stepIn(grid, inCells, step.atOrAbove));
  }
  return withSteps(grid, byPlace, steps);
}

function withSteps({ cells, mated, nonMatedCount, moments }: Grid, byPlace: Float64Array, steps: readonly NonMatedStep[]): Verification {
  return {
    mated,
    places: cells.places,
    counts: byPlace,
    nonMatedCount,
    nonMatedMoments: momentsFrom(moments, cells.low, nonMatedCount),
    stepAt(above: number): NonMatedStep {
      const step = steps.find((some) => some.above <= above && above < some.atOrAbove);
      if (step !== undefined) return step;
      throw new ValueError(
        `verification: the non-mated scores around place ${above + 1} of ${nonMatedCount} were counted, not kept; name the FMR in \`fmrs\` when scoring`,
      );
    },
  };
}

function countsByPlace({ codes, between, tied, places }: PlaceCells, inCells: Float64Array): Float64Array {
  const { below, distinct, placeCount } = places;
  const byPlace = new Float64Array(placeCount);
  for (let cell = 0; cell < inCells.length; cell++) {
    if (codes[cell] >= 0) byPlace[codes[cell]] += inCells[cell];
  }
  for (let j = 0; j <= distinct.length; j++) byPlace[2 * below[j]] += between[j];
  for (let j = 0; j < distinct.length; j++) byPlace[below[j] + below[j + 1]] += tied[j];
  return byPlace;
}

/** Sums are of scores less `low`. */
function momentsFrom([first, second]: MomentSums, low: number, count: number): ScoreMoments | null {
  if (!Number.isFinite(first)) return null;
  const mean = first / count;
  return { mean: mean + low, variance: Math.max(0, second / count - mean * mean) };
}

/** The cell of the score that `above` others precede in descending order, and how many are in higher cells. */
function cellAt(counts: Float64Array, above: number): { cell: number; higher: number } {
  let higher = 0;
  let cell = counts.length - 1;
  while (higher + counts[cell] <= above) higher += counts[cell--];
  return { cell, higher };
}

function stepIn({ cells }: Grid, counts: Float64Array, above: number): NonMatedStep {
  const { cell, higher } = cellAt(counts, above);
  let passed = higher;
  let next = Infinity;
  for (const { score, count } of entriesOf(cells, cell)) {
    if (passed + count > above) {
      if (next === Infinity) next = lowestAbove(cells, counts, cell);
      return { score, above: passed, atOrAbove: passed + count, next };
    }
    passed += count;
    next = score;
  }
  throw new ValueError(`verification: ${passed - higher} of ${counts[cell]} scores were kept where a threshold lies; score them again`);
}

/** The smallest score in the cells above; Infinity when there is none. */
function lowestAbove(cells: PlaceCells, counts: Float64Array, cell: number): number {
  for (let next = cell + 1; next < counts.length; next++) {
    if (counts[next] === 0) continue;
    const entries = entriesOf(cells, next);
    return entries[entries.length - 1].score;
  }
  return Infinity;
}

/** Distinct non-mated scores of a watched cell, descending: those that were kept, and those that equal a mated one. */
function entriesOf({ watched, places, tied, cellOf }: PlaceCells, cell: number): { score: number; count: number }[] {
  const { scores, countOf } = watched.result();
  const entries: { score: number; count: number }[] = [];
  for (let i = firstInCell(scores, cellOf, cell); i < scores.length && cellOf(scores[i]) === cell; i++) {
    entries.push({ score: scores[i], count: countOf(i) });
  }
  const { distinct } = places;
  for (let j = firstInCell(distinct, cellOf, cell); j < distinct.length && cellOf(distinct[j]) === cell; j++) {
    if (tied[j] > 0) entries.push({ score: distinct[j], count: tied[j] });
  }
  return entries.sort((one, other) => other.score - one.score);
}
