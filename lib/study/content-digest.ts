import { createHash } from "node:crypto";
import type { EmbeddingSet } from "../data/embedding-set.js";
import { itemsSha256 } from "../data/items.js";
import type { StudyPlan } from "./protocol.js";

const digests = new WeakMap<EmbeddingSet, string>();

/** SHA-256, hex, of a set's values and of whose they are. */
export function setDigest(set: EmbeddingSet): string {
  const known = digests.get(set);
  if (known !== undefined) return known;
  const { rows, columns, data } = set.embeddings;
  const digest = createHash("sha256")
    .update(`${set.encoder} ${set.faceSet} ${rows} ${columns} ${itemsSha256(set.items)}\n`)
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");
  digests.set(set, digest);
  return digest;
}

/** SHA-256, hex, of the rows that a plan fits and tests on. */
export function rowsDigest({ train, tune, gallery, probes }: StudyPlan): string {
  return digestOf([train, tune, gallery, probes]);
}

/** SHA-256, hex, of the rows that a plan fits on. */
export function fitRowsDigest({ train, tune }: StudyPlan): string {
  return digestOf([train, tune]);
}

function digestOf(parts: readonly Int32Array[]): string {
  const hash = createHash("sha256");
  for (const rows of parts) hash.update(`${rows.length}\n`).update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  return hash.digest("hex");
}
