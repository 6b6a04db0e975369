import { ValueError } from "../core/errors.js";

/** Who is on both sides of a comparison, as small integers. */
export interface ScoreLabels {
  /** Subject of each probe. */
  readonly probes: Int32Array;
  /** Subject of each gallery template. */
  readonly gallery: Int32Array;
  readonly subjectCount: number;
  /** Every probe against every template, or row i of one set against its rows j > i. */
  readonly pairs: "all" | "upper";
}

/** Labels of probes and a gallery that are two sets. */
export interface SearchLabels extends ScoreLabels {
  readonly pairs: "all";
}

/** Number the subjects of probes and gallery in order of appearance, gallery first. */
export function labelScores(probeIdentities: readonly string[], galleryIdentities: readonly string[]): SearchLabels {
  const codes = new Map<string, number>();
  const gallery = encode(galleryIdentities, codes, "labelScores: the gallery");
  const probes = encode(probeIdentities, codes, "labelScores: the probe list");
  return { probes, gallery, subjectCount: codes.size, pairs: "all" };
}

/** Number the subjects of one set that is compared with itself, each pair of rows once. */
export function labelAllPairs(identities: readonly string[]): ScoreLabels {
  const codes = new Map<string, number>();
  const rows = encode(identities, codes, "labelAllPairs: the set");
  return { probes: rows, gallery: rows, subjectCount: codes.size, pairs: "upper" };
}

function encode(identities: readonly string[], codes: Map<string, number>, what: string): Int32Array {
  if (identities.length === 0) throw new ValueError(`${what} is empty; it needs at least one identity`);
  return Int32Array.from(identities, (identity) => {
    const known = codes.get(identity);
    if (known !== undefined) return known;
    codes.set(identity, codes.size);
    return codes.size - 1;
  });
}

/** How often each subject is in `subjects`. */
export function countBySubject(subjects: Int32Array, subjectCount: number): Float64Array {
  const counts = new Float64Array(subjectCount);
  for (let i = 0; i < subjects.length; i++) counts[subjects[i]]++;
  return counts;
}

/** Where each subject stands in `subjects`, ascending. */
export function indicesBySubject(subjects: Int32Array, subjectCount: number): readonly (readonly number[])[] {
  const places: number[][] = Array.from({ length: subjectCount }, () => []);
  subjects.forEach((subject, i) => places[subject].push(i));
  return places;
}
