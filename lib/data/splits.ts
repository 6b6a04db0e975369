import { createHash } from "node:crypto";
import { DataError, ValueError } from "../core/errors.js";

/** The people of one face set in three parts; nobody is in two. */
export interface IdentitySplit {
  readonly faceSet: string;
  readonly seed: number;
  readonly train: readonly string[];
  readonly tune: readonly string[];
  readonly test: readonly string[];
  /** Identities with fewer than two embedded images: in no part. */
  readonly tooFewCount: number;
  /** Identities that left the training and tuning parts because another set tests on the same person. */
  readonly overlapCount: number;
}

export interface SplitOptions {
  readonly seed: number;
}

/** What the same person is called in each face set. */
export type SamePerson = Readonly<Record<string, string>>;

/**
 * Split people, not images: sorted by the SHA-256 of `<seed>/<face set>/<identity>` (hex), the first 60 % train, the next 10 % tune, the
 * rest test, each cut rounded down. A person's part depends on who else is in the set, not on the order of the rows.
 *
 * @param faceSet `lfw` or `cfp`; `cfp-fp` uses the split of `cfp`.
 * @param identities one entry for each embedded image.
 * @throws ValueError when the seed is not a whole number, or when too few people are left for each part to have one.
 */
export function splitByIdentity(faceSet: string, identities: readonly string[], { seed }: SplitOptions): IdentitySplit {
  if (!Number.isSafeInteger(seed)) throw new ValueError(`splitByIdentity: got seed ${seed}; it must be a whole number`);
  const imageCounts = new Map<string, number>();
  for (const identity of identities) imageCounts.set(identity, (imageCounts.get(identity) ?? 0) + 1);
  const order = [...imageCounts.keys()]
    .filter((identity) => imageCounts.get(identity)! >= 2)
    .map((identity) => ({ identity, hash: createHash("sha256").update(`${seed}/${faceSet}/${identity}`, "utf8").digest("hex") }))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1))
    .map(({ identity }) => identity);
  // In whole tenths: 0.7 · 10 is below 7 in floating point.
  const trainEnd = Math.floor((6 * order.length) / 10);
  const tuneEnd = Math.floor((7 * order.length) / 10);
  if (trainEnd === 0 || tuneEnd === trainEnd) {
    throw new ValueError(
      `splitByIdentity: ${order.length} identities of ${faceSet} have two images or more; add people until there are at least 8, so that each part has one`,
    );
  }
  return {
    faceSet,
    seed,
    train: order.slice(0, trainEnd),
    tune: order.slice(trainEnd, tuneEnd),
    test: order.slice(tuneEnd),
    tooFewCount: imageCounts.size - order.length,
    overlapCount: 0,
  };
}

/**
 * For a fit on one set and a test on another: whoever is among the other set's test identities leaves the training and tuning parts.
 * The test part stays, since no score is taken on it.
 */
export function excludeOverlap(split: IdentitySplit, other: IdentitySplit, overlap: readonly SamePerson[]): IdentitySplit {
  const tested = new Set(other.test);
  const banned = new Set(overlap.filter((person) => tested.has(person[other.faceSet])).map((person) => person[split.faceSet]));
  const train = split.train.filter((identity) => !banned.has(identity));
  const tune = split.tune.filter((identity) => !banned.has(identity));
  const overlapCount = split.train.length + split.tune.length - train.length - tune.length;
  return { ...split, train, tune, overlapCount: split.overlapCount + overlapCount };
}

/**
 * Read the table of people who are in both CFP and LFW: tab-separated, with the columns `cfp_id` and `lfw_name`. Fuzzy matches count:
 * leaving out a stranger costs a training identity, leaving in the same person costs the split.
 *
 * @param path only for messages.
 * @throws DataError when a column is missing or a row is short.
 */
export function parseOverlap(text: string, path: string): SamePerson[] {
  const lines = text.split(/\r?\n/);
  const columns = lines[0].split("\t");
  const cfp = columns.indexOf("cfp_id");
  const lfw = columns.indexOf("lfw_name");
  if (cfp < 0 || lfw < 0) {
    throw new DataError(`${path}: the first line is "${lines[0]}"; it needs the tab-separated columns cfp_id and lfw_name`);
  }
  const rows = lines.slice(1).filter((line) => line !== "");
  return rows.map((line, i) => {
    const fields = line.split("\t");
    if (!fields[cfp] || !fields[lfw]) {
      throw new DataError(`${path}: row ${i + 1} is "${line}"; it needs a cfp_id and an lfw_name, so restore the file`);
    }
    return { cfp: fields[cfp], lfw: fields[lfw] };
  });
}
