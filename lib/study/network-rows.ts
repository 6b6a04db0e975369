import { computeCloud, type CloudMoments, type MomentsOptions } from "../align/cloud.js";
import { controlDrawCount, controlPairs } from "../align/controls.js";
import { normaliseRows } from "../align/rows.js";
import { DataError } from "../core/errors.js";
import { takeRows, type Matrix32 } from "../core/matrix.js";
import { createRandom } from "../core/random.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import type { StudyPlan } from "./protocol.js";
import type { StudySpec } from "./study-spec.js";

/** What maps are fitted on: rows of unit length, and the cloud of the training rows. */
export interface FitRows {
  readonly train: Matrix32;
  /** The name of each training row's identity. */
  readonly trainIdentities: readonly string[];
  readonly tune: Matrix32;
  readonly tuneIdentities: readonly string[];
  readonly cloud: CloudMoments;
}

/** One network's part of what maps are fitted on. */
export interface FitNetwork extends FitRows {
  /** The fitted rows as a draw of the control pairs them where the network is the target; without a control the rows themselves. */
  readonly asTarget: (draw: number) => Promise<FitRows>;
}

/** What one network is tested on: rows of unit length. */
export interface NetworkTestRows {
  readonly gallery: Matrix32;
  readonly probes: Matrix32;
}

/** One network's rows, part by part. */
export interface NetworkRows extends FitNetwork, NetworkTestRows {
  readonly encoder: string;
}

export interface PrepareOptions extends MomentsOptions {
  readonly control: NonNullable<StudySpec["control"]>;
  /** Of the training rows, where it was summed before. */
  readonly cloud?: CloudMoments | undefined;
}

/** Take a network's part of what a plan fits on; `fit` are its embeddings of that face set. */
export async function prepareFitNetwork(
  fit: EmbeddingSet,
  plan: StudyPlan,
  { control, cloud: known, ...options }: PrepareOptions,
): Promise<FitNetwork> {
  const fitRows = async (train: Int32Array, tune: Int32Array, known?: CloudMoments): Promise<FitRows> => {
    const rows = unitRows(fit, train);
    const names = identityNames(fit, train);
    const cloud = known ?? (await computeCloud(rows, names, options));
    return { train: rows, trainIdentities: names, tune: unitRows(fit, tune), tuneIdentities: identityNames(fit, tune), cloud };
  };
  const own = await fitRows(plan.train, plan.tune, known);
  const asTarget = async (draw: number): Promise<FitRows> => {
    if (control === "none") return own;
    const random = createRandom(plan.seed * controlDrawCount(control) + draw);
    const paired = (rows: Int32Array): Int32Array => controlPairs(identityNames(fit, rows), control, random).map((pair) => rows[pair]);
    return fitRows(paired(plan.train), paired(plan.tune));
  };
  return { ...own, asTarget };
}

/** Take a network's part of what a plan tests on; `test` are its embeddings of that face set. */
export function testRows(test: EmbeddingSet, plan: StudyPlan): NetworkTestRows {
  return { gallery: unitRows(test, plan.gallery), probes: unitRows(test, plan.probes) };
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
