import { matrix32, stackRows, type Matrix32 } from "../core/matrix.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import type { OverlapRow } from "../data/overlap-file.js";
import type { SamePerson } from "../data/splits.js";
import type { Engine } from "../linalg/engine.js";

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
 * Who looks like somebody of another set to one network: whose mean embedding has a cosine with theirs that no more than one in 100,000 pairs
 * of different people of the known sets reach.
 *
 * @param samePeople people who are in two of the known sets, and so are no pair of different people.
 * @param rows d values a face, not normalised.
 */
export async function overlapByEmbedding(
  rows: readonly { readonly identity: string; readonly row: Float32Array }[],
  known: readonly EmbeddingSet[],
  { samePeople, engine }: { readonly samePeople: readonly SamePerson[]; readonly engine: Engine },
): Promise<OverlapRow[]> {
  const people = known.map(({ faceSet, items, embeddings: { columns, data } }) => {
    return { faceSet, ...meansOf(items.map(({ identity }, i) => ({ identity, row: data.subarray(i * columns, (i + 1) * columns) }))) };
  });
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

function meansOf(rows: Parameters<typeof overlapByEmbedding>[0]): PeopleMeans {
  const sums = new Map<string, Float32Array>();
  for (const { identity, row } of rows) {
    const norm = Math.hypot(...row);
    const sum = sums.get(identity) ?? new Float32Array(row.length);
    for (let j = 0; j < row.length; j++) sum[j] += row[j] / norm;
    sums.set(identity, sum);
  }
  const means = Array.from(sums.values(), (sum) => {
    const norm = Math.hypot(...sum);
    return matrix32(
      1,
      sum.length,
      sum.map((value) => value / norm),
    );
  });
  return { names: [...sums.keys()], means: stackRows(means) };
}
