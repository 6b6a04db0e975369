import type { Matrix32 } from "../core/matrix.js";
import type { PlaceCells } from "./place-cells.js";
import type { SubjectGroup, SubjectGroups } from "./subject-tiles.js";

/** The scores of one group's probes against another's templates. */
export interface SubjectTile {
  readonly rows: SubjectGroup;
  readonly columns: SubjectGroup;
  /** They begin at these positions, at or before the groups', and end at or after theirs. */
  readonly scores: Matrix32;
  readonly firstProbe: number;
  readonly firstTemplate: number;
  /** Only templates of later subjects are compared: one set against itself, on the diagonal. */
  readonly isHalf: boolean;
}

/** Sums over non-mated scores less the grid's origin. */
export interface MomentSums {
  first: number;
  second: number;
}

/**
 * Count the non-mated scores of a tile on the grid.
 *
 * @returns the sum of their places for each subject of the rows and each of the columns.
 */
export function countTile(
  { rows, columns, scores, firstProbe, firstTemplate, isHalf }: SubjectTile,
  { probeBegins, templateBegins }: SubjectGroups,
  cells: PlaceCells,
  moments: MomentSums,
): Float64Array {
  const { low, scale, recent, placeOf, ascending, between, tied } = cells;
  const { below } = cells.places;
  const { data } = scores;
  const last = recent.length - 1;
  cells.settle(data.length);
  const width = columns.subjects.last - columns.subjects.first;
  const sums = new Float64Array((rows.subjects.last - rows.subjects.first) * width);
  let first = 0;
  let second = 0;
  for (let subject = rows.subjects.first; subject < rows.subjects.last; subject++) {
    const at = (subject - rows.subjects.first) * width - columns.subjects.first;
    for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
      const shift = (probe - firstProbe) * scores.columns - firstTemplate;
      for (let other = isHalf ? subject + 1 : columns.subjects.first; other < columns.subjects.last; other++) {
        if (other === subject) continue;
        const end = shift + templateBegins[other + 1];
        let sum = 0;
        for (let i = shift + templateBegins[other]; i < end; i++) {
          const score = data[i];
          const height = score - low;
          first += height;
          second += height * height;
          const x = height * scale;
          const cell = x > 0 ? (x < last ? x | 0 : last) : 0;
          recent[cell]++;
          const place = placeOf[cell];
          if (place >= 0) sum += place;
          else if (place < -ascending.length) sum += cells.search(score, cell);
          else {
            // What is in later cells is larger, so the scan ends by itself; behind the last stands Infinity.
            let at = -1 - place;
            while (ascending[at] < score) at++;
            if (ascending[at] === score) {
              tied[at]++;
              sum += below[at] + below[at + 1];
            } else {
              between[at]++;
              sum += 2 * below[at];
            }
          }
        }
        sums[at + other] += sum;
      }
    }
  }
  moments.first += first;
  moments.second += second;
  return sums;
}

/** For each probe: its best mate, and non-mated candidates above it, and at or above it. */
export interface RankCounts {
  /** In the probes' order; −∞ where every mate has no direction. */
  readonly best: Float32Array;
  readonly above: Int32Array;
  readonly atLeast: Int32Array;
}

/** Count candidates at or above the best mates: subjects by their best template, or templates one by one. */
export function rankTile(
  { rows, columns, scores, firstProbe, firstTemplate }: SubjectTile,
  { probeBegins, templateBegins }: SubjectGroups,
  { best, above, atLeast }: RankCounts,
  unit: "subject" | "template",
): void {
  const { data } = scores;
  for (let subject = rows.subjects.first; subject < rows.subjects.last; subject++) {
    if (templateBegins[subject] === templateBegins[subject + 1]) continue;
    for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
      const mate = best[probe];
      const shift = (probe - firstProbe) * scores.columns - firstTemplate;
      for (let other = columns.subjects.first; other < columns.subjects.last; other++) {
        if (other === subject) continue;
        const end = shift + templateBegins[other + 1];
        let atLeastCount = 0;
        let aboveCount = 0;
        for (let i = shift + templateBegins[other]; i < end; i++) {
          if (data[i] < mate) continue;
          atLeastCount++;
          if (data[i] > mate) aboveCount++;
        }
        atLeast[probe] += unit === "subject" ? Math.min(1, atLeastCount) : atLeastCount;
        above[probe] += unit === "subject" ? Math.min(1, aboveCount) : aboveCount;
      }
    }
  }
}
