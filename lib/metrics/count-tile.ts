import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { firstOf, isWatched, type PlaceCells } from "./place-cells.js";
import type { SubjectGroup, SubjectGroups } from "./subject-tiles.js";

export const nanScore = "scoreRecognition: a score is NaN; score with another engine, and see what `facebridge doctor` says of this one";

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

/** Over non-mated scores less the grid's origin: their sum, and that of their squares. */
export type MomentSums = Float64Array;

/**
 * Count the non-mated scores of a tile on the grid.
 *
 * @param sums takes the sum of their places for each subject of the rows and each of the columns.
 */
export function countTile(tile: SubjectTile, groups: SubjectGroups, cells: PlaceCells, moments: MomentSums, sums: Float64Array): void {
  const { data } = tile.scores;
  eachRow(tile, groups, (shift, first, last, begin) => {
    countRow(data, shift, groups.templateBegins, first, last, cells, sums, begin, moments);
  });
  if (Number.isNaN(moments[1])) throw new ValueError(nanScore);
}

/** Add the non-mated scores of a tile at or above a threshold to `sums`, for each subject of the rows and each of the columns. */
export function countFalseMatches(tile: SubjectTile, groups: SubjectGroups, threshold: number, sums: Float64Array): void {
  const { data } = tile.scores;
  const { templateBegins, templateSubjects } = groups;
  eachRow(tile, groups, (shift, first, last, begin) => {
    const end = shift + templateBegins[last];
    for (let i = shift + templateBegins[first]; i < end; i++) {
      if (data[i] >= threshold) sums[begin + templateSubjects[i - shift]]++;
    }
  });
}

/** A row begins `shift` after its first template; the sum of its subject and another one is `begin` after the latter's number. */
type AddRow = (shift: number, first: number, last: number, begin: number) => void;

/** Show `add` every probe's non-mated scores, with the templates of the subjects from `first` to before `last`. */
function eachRow(tile: SubjectTile, { probeBegins }: SubjectGroups, add: AddRow): void {
  const { subjects: rows } = tile.rows;
  const { subjects: columns } = tile.columns;
  const width = columns.last - columns.first;
  for (let subject = rows.first; subject < rows.last; subject++) {
    const begin = (subject - rows.first) * width - columns.first;
    for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
      const shift = (probe - tile.firstProbe) * tile.scores.columns - tile.firstTemplate;
      if (!tile.isHalf) add(shift, columns.first, Math.min(subject, columns.last), begin);
      add(shift, Math.max(subject + 1, columns.first), columns.last, begin);
    }
  }
}

/** The scores of one probe and the templates of the subjects from `first` to before `last`; a function of its own, so that it is compiled once. */
function countRow(
  data: Float32Array,
  shift: number,
  templateBegins: Int32Array,
  first: number,
  last: number,
  { low, scale, codes, counts, recent, ascending, between, tied, watched, places: { below } }: PlaceCells,
  placeSums: Float64Array,
  begin: number,
  moments: MomentSums,
): void {
  const lastCell = codes.length - 1;
  let [sumOfHeights, sumOfSquares] = [moments[0], moments[1]];
  for (let other = first; other < last; other++) {
    const end = shift + templateBegins[other + 1];
    let sum = 0;
    for (let i = shift + templateBegins[other]; i < end; i++) {
      const score = data[i];
      const height = score - low;
      sumOfHeights += height;
      sumOfSquares += height * height;
      const x = height * scale;
      const cell = x > 0 ? (x < lastCell ? x | 0 : lastCell) : 0;
      const seen = recent[cell] + 1;
      recent[cell] = seen;
      if (seen === 256) counts[cell] += 256;
      const code = codes[cell];
      if (code >= 0) {
        sum += code;
        continue;
      }
      // What is in later cells is larger, so the scan ends by itself; behind the last stands Infinity.
      let at = firstOf(code);
      while (ascending[at] < score) at++;
      if (ascending[at] === score) {
        tied[at]++;
        sum += below[at] + below[at + 1];
      } else {
        between[at]++;
        sum += 2 * below[at];
        if (isWatched(code)) watched.add(score);
      }
    }
    placeSums[begin + other] += sum;
  }
  moments[0] = sumOfHeights;
  moments[1] = sumOfSquares;
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
  groups: SubjectGroups,
  counts: RankCounts,
  unit: "subject" | "template",
): void {
  const { probeBegins, templateBegins } = groups;
  const { first, last } = columns.subjects;
  for (let subject = rows.subjects.first; subject < rows.subjects.last; subject++) {
    if (templateBegins[subject] === templateBegins[subject + 1]) continue;
    for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
      const shift = (probe - firstProbe) * scores.columns - firstTemplate;
      const mostOfSubject = unit === "subject" ? 1 : Infinity;
      rankRow(scores.data, shift, groups, first, Math.min(subject, last), probe, counts, mostOfSubject);
      rankRow(scores.data, shift, groups, Math.max(subject + 1, first), last, probe, counts, mostOfSubject);
    }
  }
}

/** One probe's candidates of the subjects from `first` to before `last`, of which each counts `mostOfSubject` times at most. */
function rankRow(
  data: Float32Array,
  shift: number,
  { templateBegins, templateSubjects }: SubjectGroups,
  first: number,
  last: number,
  probe: number,
  { best, above, atLeast }: RankCounts,
  mostOfSubject: number,
): void {
  const mate = best[probe];
  const end = shift + templateBegins[last];
  for (let i = shift + templateBegins[first]; i < end; i++) {
    if (data[i] < mate) continue;
    const subjectEnd = shift + templateBegins[templateSubjects[i - shift] + 1];
    let atLeastCount = 0;
    let aboveCount = 0;
    for (; i < subjectEnd; i++) {
      if (data[i] < mate) continue;
      atLeastCount++;
      if (data[i] > mate) aboveCount++;
    }
    atLeast[probe] += Math.min(mostOfSubject, atLeastCount);
    above[probe] += Math.min(mostOfSubject, aboveCount);
    i--;
  }
}
