import { createHash } from "node:crypto";
import { DataError, ShapeError } from "../core/errors.js";
import { type Matrix32, takeRows } from "../core/matrix.js";
import type { Item } from "./embedding-set.js";
import { checkInside } from "./locate.js";
import type { RowLabel } from "./row-labels.js";

/** A row or an image that was left out, or that is odd. */
export interface RowProblem {
  readonly image: string;
  readonly problem: "not finite" | "zero row" | "not in the face set" | "other identity" | "named twice" | "no row" | "same values";
  readonly detail: string;
}

export interface MatchedRows {
  readonly items: readonly Item[];
  readonly embeddings: Matrix32;
  readonly problems: readonly RowProblem[];
}

/**
 * Say which image each row is of, and leave out what cannot be used: rows with a NaN, an infinity or zeros alone, images that are named twice, and,
 * where the face set is known, what is not in it. Rows of the same values are told and kept.
 *
 * @param known the face set's items, to which rows are matched by image name (the whole path or its end); null where rows found a set of their own, which
 * needs identities, and calls rows without an image name `<identity>/row-<number>`.
 * @returns items in the order of the face set, or of their names.
 * @throws ShapeError when rows and labels differ in number; DataError when nothing is left.
 */
export function matchRows(rows: Matrix32, labels: readonly RowLabel[], known: readonly Item[] | null): MatchedRows {
  if (rows.rows !== labels.length) {
    throw new ShapeError(
      `matchRows: got ${rows.rows} rows of ${rows.columns} values and ${labels.length} labels; label i is of row i, so give as many`,
    );
  }
  const problems: RowProblem[] = [];
  const find = known === null ? foundItem : matcher(known);
  const taken = new Map<string, { readonly item: Item; readonly row: number }>();
  const values = new Map<string, string>();
  labels.forEach((label, row) => {
    const vector = rows.data.subarray(row * rows.columns, (row + 1) * rows.columns);
    const item = vector.every(Number.isFinite) && vector.some((value) => value !== 0) ? find(label, row) : null;
    const problem = findProblem(vector, label, item, item && taken.get(item.image)?.row);
    if (problem !== null) problems.push({ image: label.image ?? `row ${row}`, ...problem });
    if (item === null || problem !== null) return;
    taken.set(item.image, { item, row });
    const digest = createHash("sha256")
      .update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
      .digest("base64");
    const twin = values.get(digest);
    if (twin === undefined) values.set(digest, item.image);
    else problems.push({ image: item.image, problem: "same values", detail: `as ${twin}` });
  });
  for (const { image } of known ?? []) if (!taken.has(image)) problems.push({ image, problem: "no row", detail: "of the face set" });
  if (taken.size === 0) {
    const { image, problem } = problems[0];
    throw new DataError(
      `matchRows: none of the ${rows.rows} rows is left (${image}: ${problem}, …); see that rows, names and face set belong together`,
    );
  }
  const order = known === null ? [...taken.keys()].sort() : known.flatMap(({ image }) => (taken.has(image) ? [image] : []));
  const kept = order.map((image) => taken.get(image)!);
  return { items: kept.map(({ item }) => item), embeddings: takeRows(rows, kept.map(({ row }) => row)), problems }; // prettier-ignore
}

/** Why a row is left out; null where it is taken. @param earlier the row that is of the same item. */
function findProblem(
  vector: Float32Array,
  { identity }: RowLabel,
  item: Item | null,
  earlier: number | null | undefined,
): Omit<RowProblem, "image"> | null {
  if (!vector.every(Number.isFinite)) return { problem: "not finite", detail: "left out" };
  if (vector.every((value) => value === 0)) return { problem: "zero row", detail: "left out: it has no direction" };
  if (item === null) return { problem: "not in the face set", detail: "left out" };
  if (identity !== null && identity !== item.identity) {
    return { problem: "other identity", detail: `left out: ${identity}, and ${item.identity} in the face set` };
  }
  if (typeof earlier === "number") return { problem: "named twice", detail: `left out: row ${earlier} is of it already` };
  return null;
}

/** The item that a row founds. */
function foundItem({ image, identity }: RowLabel, row: number): Item {
  if (identity === null)
    throw new DataError(`matchRows: row ${row} has no identity, and the face set is not known; add the column identity`);
  const name = image ?? `${identity}/row-${String(row).padStart(7, "0")}`;
  checkInside(name, `matchRows: the image of row ${row}`);
  return { image: name, identity, pose: null, sha256: null, detectionScore: null };
}

/** Finds items by a name of which the item's path is the end, or that is the end of one path alone. */
function matcher(known: readonly Item[]): (label: RowLabel) => Item | null {
  const byPath = new Map(known.map((item) => [item.image, item]));
  const byEnd = new Map<string, Item | null>();
  for (const item of known) {
    for (const end of endsOf(item.image)) byEnd.set(end, byEnd.has(end) ? null : item);
  }
  return ({ image }) => {
    if (image === null) throw new DataError("matchRows: the face set is known, and rows are matched to its images; add the column image");
    const name = image.replaceAll("\\", "/");
    for (const end of endsOf(name)) if (byPath.has(end)) return byPath.get(end)!;
    return byEnd.get(name) ?? null;
  };
}

/** The path, and what is left of it without its first folder, and so on. */
function endsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, i) => parts.slice(i).join("/"));
}
