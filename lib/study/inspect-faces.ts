import { matrix32, type Matrix32 } from "../core/matrix.js";
import type { OverlapRow } from "../data/overlap-file.js";
import type { SamePerson } from "../data/splits.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import type { ScannedFace } from "../encoders/scan-faces.js";
import type { Engine } from "../linalg/engine.js";

/** Something to tell about a photograph or a person of a new face set. */
export interface FaceSetProblem {
  /** A photograph, or an identity where it is about a person. */
  readonly image: string;
  readonly problem: "unreadable" | "no face found" | "exact duplicate" | "near duplicate" | "one image" | "in another set";
  readonly detail: string;
}

/**
 * Two faces whose thumbnails correlate this much are copies: resized, cropped or compressed again. Of 86,100 pairs of different people of CFP the highest
 * is 0.971; the eight pairs of one person between 0.978 and 0.999 that were looked at all were copies.
 */
const sameThumbnail = 0.975;

/**
 * What is odd about photographs that were scanned: those that cannot be read or show no face, exact copies (by SHA-256), near copies (by correlation of the
 * cropped faces) and people of one usable photograph. Copies under two identities say so.
 */
export async function inspectFaces(scanned: readonly ScannedFace[], { engine }: { readonly engine: Engine }): Promise<FaceSetProblem[]> {
  const problems: FaceSetProblem[] = [];
  const usable = new Map<string, string[]>();
  const bySha = new Map<string, ScannedFace>();
  for (const face of scanned) {
    const { image, identity, sha256, unreadable, thumbnail } = face;
    const first = bySha.get(sha256);
    if (first === undefined) bySha.set(sha256, face);
    if (unreadable !== null) problems.push({ image, problem: "unreadable", detail: `left out: ${unreadable}` });
    else if (thumbnail === null) problems.push({ image, problem: "no face found", detail: "embed will leave it out" });
    else usable.set(identity, [...(usable.get(identity) ?? []), image]);
    if (first !== undefined) problems.push({ image, problem: "exact duplicate", detail: `the same bytes as ${namesOf(first, identity)}` });
  }
  problems.push(...(await nearDuplicates(scanned, engine)));
  for (const [identity, images] of usable) {
    if (images.length === 1)
      problems.push({ image: identity, problem: "one image", detail: `${images[0]}: in no split, since it has no mate` });
  }
  return problems;
}

async function nearDuplicates(scanned: readonly ScannedFace[], engine: Engine): Promise<FaceSetProblem[]> {
  const faces = scanned.flatMap((face) => (face.thumbnail === null ? [] : [{ ...face, thumbnail: face.thumbnail }]));
  const problems: FaceSetProblem[] = [];
  const rowsPerBlock = 1024;
  const all = stack(faces.map(({ thumbnail }) => thumbnail));
  for (let first = 0; first < faces.length; first += rowsPerBlock) {
    const block = stack(faces.slice(first, first + rowsPerBlock).map(({ thumbnail }) => thumbnail));
    const { data, columns } = await engine.product(block, all, { transposeRight: true });
    for (let i = 0; i < block.rows; i++) {
      const face = faces[first + i];
      for (let j = 0; j < first + i; j++) {
        const score = data[i * columns + j];
        if (score < sameThumbnail || faces[j].sha256 === face.sha256) continue;
        const detail = `${namesOf(faces[j], face.identity)} looks the same (correlation ${score.toFixed(3)})`;
        problems.push({ image: face.image, problem: "near duplicate", detail });
        break;
      }
    }
  }
  return problems;
}

function namesOf({ image, identity: own }: ScannedFace, identity: string): string {
  return own === identity ? image : `${image}, of another identity`;
}

/** A set that new faces are compared with. */
export interface KnownFaces {
  readonly faceSet: string;
  readonly identities: readonly string[];
}

/** Whose name is a name of another set, spelt alike but for case, accents and signs. Names without letters, such as numbers, are no names. */
export function overlapByName(identities: readonly string[], known: readonly KnownFaces[]): OverlapRow[] {
  const own = new Map([...new Set(identities)].map((identity) => [plainName(identity), identity]));
  return known.flatMap(({ faceSet, identities: others }) =>
    [...new Set(others)].flatMap((otherIdentity): OverlapRow[] => {
      const name = plainName(otherIdentity);
      const identity = own.get(name);
      return name === "" || identity === undefined ? [] : [{ identity, otherSet: faceSet, otherIdentity, by: "name" }];
    }),
  );
}

function plainName(identity: string): string {
  const name = identity
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
  return /\p{L}/u.test(name) ? name : "";
}

/**
 * Who looks like somebody of another set to one network: whose mean embedding has a cosine with theirs that no more than one in 100,000 pairs of different
 * people of the known sets reach.
 *
 * @param samePeople people who are in two of the known sets, and so are no pair of different people.
 * @param rows d values a face, not normalised.
 */
export async function overlapByEmbedding(
  rows: readonly { readonly identity: string; readonly row: Float32Array }[],
  known: readonly EmbeddingSet[],
  { samePeople, engine }: { readonly samePeople: readonly SamePerson[]; readonly engine: Engine },
): Promise<OverlapRow[]> {
  const people = known.map((set) => ({ faceSet: set.faceSet, ...meansOf(set.items.map(({ identity }, i) => ({ identity, row: rowOf(set.embeddings, i) }))) })); // prettier-ignore
  const threshold = await strangersReach(people, samePeople, engine);
  const own = meansOf(rows);
  const found: OverlapRow[] = [];
  for (const { faceSet, names, means } of people) {
    const { data, columns } = await engine.product(own.means, means, { transposeRight: true });
    own.names.forEach((identity, i) => {
      for (let j = 0; j < columns; j++) {
        if (data[i * columns + j] > threshold) found.push({ identity, otherSet: faceSet, otherIdentity: names[j], by: "embedding" });
      }
    });
  }
  return found;
}

interface PeopleMeans {
  readonly names: readonly string[];
  /** Of unit length, a row a person. */
  readonly means: Matrix32;
}

/** The cosine that one in 100,000 pairs of different people of the first set and the others exceeds. */
async function strangersReach(
  [first, ...others]: readonly (PeopleMeans & { readonly faceSet: string })[],
  samePeople: readonly SamePerson[],
  engine: Engine,
): Promise<number> {
  const scores: number[] = [];
  for (const other of others.length > 0 ? others : [first]) {
    const same = new Set(samePeople.map((person) => `${person[first.faceSet]}\t${person[other.faceSet]}`));
    const { data, columns } = await engine.product(first.means, other.means, { transposeRight: true });
    for (let i = 0; i < first.names.length; i++) {
      for (let j = other === first ? i + 1 : 0; j < columns; j++) {
        if (other === first || !same.has(`${first.names[i]}\t${other.names[j]}`)) scores.push(data[i * columns + j]);
      }
    }
  }
  const sorted = Float32Array.from(scores).sort();
  return sorted[sorted.length - 1 - Math.floor(1e-5 * sorted.length)];
}

function meansOf(rows: readonly { readonly identity: string; readonly row: Float32Array }[]): PeopleMeans {
  const sums = new Map<string, Float32Array>();
  for (const { identity, row } of rows) {
    const norm = Math.hypot(...row);
    const sum = sums.get(identity) ?? new Float32Array(row.length);
    row.forEach((v, j) => { sum[j] += v / norm; }); // prettier-ignore
    sums.set(identity, sum);
  }
  const means = [...sums.values()].map((sum) => {
    const norm = Math.hypot(...sum);
    return sum.map((v) => v / norm);
  });
  return { names: [...sums.keys()], means: stack(means) };
}

function rowOf({ columns, data }: Matrix32, i: number): Float32Array {
  return data.subarray(i * columns, (i + 1) * columns);
}

function stack(rows: readonly Float32Array[]): Matrix32 {
  const stacked = matrix32(rows.length, rows.at(0)?.length ?? 0);
  rows.forEach((row, i) => { stacked.data.set(row, i * stacked.columns); }); // prettier-ignore
  return stacked;
}
