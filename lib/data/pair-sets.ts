import { DataError } from "../core/errors.js";
import { takeRows } from "../core/matrix.js";
import type { EmbeddingSet, Item } from "./embedding-set.js";

/**
 * Embedding sets of one face set cut to the images that all of them have, in the order of the first. Sets that have the same images are left as they are.
 *
 * @throws DataError when no image is in all, or one has two identities or two SHA-256.
 */
export function pairSets(sets: readonly EmbeddingSet[]): EmbeddingSet[] {
  const [first, ...others] = sets;
  if (others.every(({ items }) => items.length === first.items.length && items.every(({ image }, i) => image === first.items[i].image))) {
    return [...sets];
  }
  const rows = sets.map(({ items }) => new Map(items.map(({ image }, row) => [image, row])));
  const shared = first.items.filter(({ image }) => rows.every((known) => known.has(image)));
  if (shared.length === 0) {
    const names = sets.map(({ encoder, items }) => `${encoder} (${items[0].image}, …)`).join(" and ");
    throw new DataError(`pairSets: no image of ${first.faceSet} is in all of ${names}; embed the same images with each`);
  }
  const items = shared.map(({ image }) =>
    mergeItem(sets.map((set, i) => ({ encoder: set.encoder, item: set.items[rows[i].get(image)!] }))),
  );
  return sets.map((set, i) => ({ ...set, items, embeddings: takeRows(set.embeddings, shared.map(({ image }) => rows[i].get(image)!)) })); // prettier-ignore
}

/** One item of an image's items: the one that knows the file. */
function mergeItem(found: readonly { readonly encoder: string; readonly item: Item }[]): Item {
  const best = found.find(({ item }) => item.sha256 !== null) ?? found[0];
  for (const { encoder, item } of found) {
    const fields = (["identity", "sha256"] as const).filter((field) => item[field] !== null && item[field] !== best.item[field]);
    if (fields.length === 0) continue;
    const [field] = fields;
    throw new DataError(
      `pairSets: ${item.image} has the ${field} ${item[field]} with ${encoder} and ${best.item[field]} with ${best.encoder}; embed the same files with both`,
    );
  }
  return best.item;
}
