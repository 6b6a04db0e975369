import type { ScoreLabels } from "./labels.js";
import type { RowRange } from "./similarity.js";

/** Consecutive subjects with all their probes and templates, in the order of `SubjectGroups`. */
export interface SubjectGroup {
  readonly probes: RowRange;
  readonly templates: RowRange;
  /** Of those that `SubjectGroups` numbers. */
  readonly subjects: RowRange;
}

/**
 * Probes and templates ordered by subject and cut between subjects, so that every mated comparison is within one group.
 *
 * Subjects with both come first, then those with templates alone, then those with probes alone.
 */
export interface SubjectGroups {
  /** The label of each subject. */
  readonly subjects: Int32Array;
  /** The probes in order, and for each subject where its own begin; one entry more than subjects. */
  readonly probeOrder: Int32Array;
  readonly probeBegins: Int32Array;
  readonly templateOrder: Int32Array;
  readonly templateBegins: Int32Array;
  /** Whose each row is, in order. */
  readonly probeSubjects: Int32Array;
  readonly templateSubjects: Int32Array;
  readonly groups: readonly SubjectGroup[];
}

/** Group subjects so that a group has about `tileSize` probes and templates at most; a subject is never cut. */
export function groupSubjects(labels: ScoreLabels, tileSize: number): SubjectGroups {
  const probeCounts = countBySubject(labels.probes, labels.subjectCount);
  const templateCounts = countBySubject(labels.gallery, labels.subjectCount);
  const all = Int32Array.from({ length: labels.subjectCount }, (_, subject) => subject);
  const classes = [
    all.filter((subject) => probeCounts[subject] > 0 && templateCounts[subject] > 0),
    all.filter((subject) => probeCounts[subject] === 0),
    all.filter((subject) => templateCounts[subject] === 0),
  ];
  const subjects = Int32Array.from(classes.flatMap((some) => [...some]));
  const probes = orderBySubject(labels.probes, subjects, probeCounts);
  const templates = orderBySubject(labels.gallery, subjects, templateCounts);
  const groups: SubjectGroup[] = [];
  let first = 0;
  for (const { length } of classes) {
    const last = first + length;
    for (const range of cut(probes.begins, templates.begins, { first, last }, tileSize)) {
      groups.push({
        subjects: range,
        probes: { first: probes.begins[range.first], last: probes.begins[range.last] },
        templates: { first: templates.begins[range.first], last: templates.begins[range.last] },
      });
    }
    first = last;
  }
  return {
    subjects,
    probeOrder: probes.order,
    probeBegins: probes.begins,
    templateOrder: templates.order,
    templateBegins: templates.begins,
    probeSubjects: subjectsOf(probes.begins),
    templateSubjects: subjectsOf(templates.begins),
    groups,
  };
}

/** Even shares of rows, each border moved to the next subject. */
function cut(probeBegins: Int32Array, templateBegins: Int32Array, { first, last }: RowRange, tileSize: number): RowRange[] {
  const rowsBefore = (subject: number): number =>
    probeBegins[subject] - probeBegins[first] + (templateBegins[subject] - templateBegins[first]);
  const probeCount = probeBegins[last] - probeBegins[first];
  const templateCount = templateBegins[last] - templateBegins[first];
  const count = Math.ceil(Math.max(probeCount, templateCount) / tileSize);
  const ranges: RowRange[] = [];
  let begin = first;
  let share = 1;
  for (let subject = first + 1; subject <= last; subject++) {
    if (subject < last && rowsBefore(subject) * count < share * rowsBefore(last)) continue;
    ranges.push({ first: begin, last: subject });
    begin = subject;
    share = Math.floor((rowsBefore(subject) * count) / rowsBefore(last)) + 1;
  }
  return ranges;
}

function countBySubject(rows: Int32Array, subjectCount: number): Int32Array {
  const counts = new Int32Array(subjectCount);
  for (const subject of rows) counts[subject]++;
  return counts;
}

function orderBySubject(rows: Int32Array, subjects: Int32Array, counts: Int32Array): { order: Int32Array; begins: Int32Array } {
  const begins = new Int32Array(subjects.length + 1);
  const next = new Int32Array(counts.length);
  subjects.forEach((subject, place) => {
    next[subject] = begins[place];
    begins[place + 1] = begins[place] + counts[subject];
  });
  const order = new Int32Array(rows.length);
  rows.forEach((subject, row) => {
    order[next[subject]++] = row;
  });
  return { order, begins };
}

/** The subject of each row, from where the rows of each subject begin. */
function subjectsOf(begins: Int32Array): Int32Array {
  const subjects = new Int32Array(begins[begins.length - 1]);
  for (let subject = 0; subject + 1 < begins.length; subject++) subjects.fill(subject, begins[subject], begins[subject + 1]);
  return subjects;
}
