import { computeCloud, type CloudMoments, type MomentsOptions } from "../align/cloud.js";
import { normaliseRows } from "../align/rows.js";
import { DataError } from "../core/errors.js";
import { takeRows, type Matrix32 } from "../core/matrix.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import type { StudyPlan } from "./protocol.js";

/** One network's rows of unit length, part by part, and the cloud of its training rows. */
export interface NetworkRows {
  readonly encoder: string;
  readonly train: Matrix32;
  readonly tune: Matrix32;
  readonly gallery: Matrix32;
  readonly probes: Matrix32;
  readonly cloud: CloudMoments;
}

/** Take a network's part of a plan; `fit` and `test` are its embeddings of the two face sets. */
export async function prepareNetwork(
  fit: EmbeddingSet,
  test: EmbeddingSet,
  plan: StudyPlan,
  options: MomentsOptions,
): Promise<NetworkRows> {
  const train = unitRows(fit, plan.train);
  return {
    encoder: fit.encoder,
    train,
    tune: unitRows(fit, plan.tune),
    gallery: unitRows(test, plan.gallery),
    probes: unitRows(test, plan.probes),
    cloud: await computeCloud(train, identityNames(fit, plan.train), options),
  };
}

/** The identity of each row with its face set before it, as `lfw/Ann_Veneman`. */
export function identityNames({ faceSet, items }: EmbeddingSet, rows: Int32Array): string[] {
  return Array.from(rows, (row) => `${faceSet}/${items[row].identity}`);
}

/** @throws DataError that names the first row where two networks have different images. */
export function checkSameImages(set: EmbeddingSet, encoder: string, items: readonly Item[]): void {
  const rows = Math.max(set.items.length, items.length);
  for (let row = 0; row < rows; row++) {
    const [own, other] = [set.items, items].map((list) => (row < list.length ? list[row].image : "no image"));
    if (own !== other) {
      throw new DataError(
        `${set.faceSet}: row ${row} of ${set.encoder} is ${own}, and of ${encoder} ${other}; embed the same images with both networks`,
      );
    }
  }
}

function unitRows(set: EmbeddingSet, rows: Int32Array): Matrix32 {
  return normaliseRows(takeRows(set.embeddings, rows));
}
