import type { FitContext } from "../align/registry.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { rowsDigest, setDigest } from "./content-digest.js";
import { checkSameImages, identityNames, testRows, type NetworkRows } from "./network-rows.js";
import { prepareFits, type PreparedFits } from "./prepare-fits.js";
import { planStudy, type StudyPlan } from "./protocol.js";
import type { TestRows } from "./score-map.js";
import { measuredBy, type EncoderPair, type StudyContext, type StudySpec } from "./study-spec.js";

/** What decides which rows are fitted and tested on. */
export type StudyRowsSpec = Pick<StudySpec, "pairs" | "fitSet" | "testSet" | "seed" | "fraction" | "control" | "allowSeen">;

/** Who is tested, by the names that maps know people by. */
export type TestNames = Pick<TestRows, "probeIdentities" | "galleryIdentities" | "otherNames">;

/** What pairs are fitted and tested on; rows and sums are made when they are first asked for. */
export interface PreparedStudy {
  readonly plan: StudyPlan;
  readonly names: TestNames;
  /** Images of the test set, in row order. */
  readonly testItems: readonly Item[];
  /** What maps are fitted on. */
  readonly fits: PreparedFits;
  /** A network's rows of unit length. */
  readonly network: (encoder: string) => Promise<NetworkRows>;
  /** Of `fits`. */
  readonly pairFits: (pair: EncoderPair) => Promise<readonly FitContext[]>;
  /** All that the measures of one map in one frame depend on, beside the code. */
  readonly keyFor: (pair: EncoderPair, map: string, frame?: string) => unknown;
}

/**
 * Load the networks of a spec and choose the rows of its protocol.
 *
 * @param shared what another study fits on: taken over where this one fits on the same rows.
 * @throws ValueError when there is no such study set, or the test people of another set are to be fitted on; DataError when a set is missing, or networks have different images.
 */
export async function prepareStudy(
  spec: StudyRowsSpec & Partial<StudySpec>,
  context: StudyContext,
  shared?: PreparedFits,
): Promise<PreparedStudy> {
  const fitSet = pickStudySet(spec.fitSet, context.faceSets);
  const testSet = pickStudySet(spec.testSet, context.faceSets);
  const encoders = [...new Set(spec.pairs.flatMap(({ source, target }) => [source, target]))];
  const sets = new Map<string, { readonly fit: EmbeddingSet; readonly test: EmbeddingSet }>();
  for (const encoder of encoders) {
    const fit = await context.load(encoder, fitSet.faceSet.id);
    const test = testSet.faceSet.id === fitSet.faceSet.id ? fit : await context.load(encoder, testSet.faceSet.id);
    sets.set(encoder, { fit, test });
    checkSameImages(fit, encoders[0], sets.get(encoders[0])!.fit.items);
    checkSameImages(test, encoders[0], sets.get(encoders[0])!.test.items);
  }
  const { fit, test } = sets.get(encoders[0])!;
  const { seed, fraction = 1, control = "none" } = spec;
  const fitOn = spec.allowSeen === undefined ? "train" : "test";
  const options = { seed, fraction, fitOn, overlap: context.overlap } as const;
  const plan = planStudy({ ...fitSet, items: fit.items }, { ...testSet, items: test.items }, options);
  const tested = new Set(plan.testSplit.test);
  const otherNames = context.overlap
    .filter((person) => tested.has(person[test.faceSet]))
    .flatMap((person) => Object.entries(person).map(([faceSet, identity]) => `${faceSet}/${identity}`));
  const names = { probeIdentities: identityNames(test, plan.probes), galleryIdentities: identityNames(test, plan.gallery), otherNames };

  const fitSets = new Map([...sets].map(([encoder, { fit }]) => [encoder, fit]));
  const own = prepareFits(plan, { sets: fitSets, pairs: spec.pairs, control }, context);
  const fits = shared?.key === own.key ? shared : own;
  const networks = new Map<string, Promise<NetworkRows>>();
  const network = (encoder: string): Promise<NetworkRows> => {
    const rows =
      networks.get(encoder) ?? fits.network(encoder).then((fitted) => ({ ...fitted, encoder, ...testRows(sets.get(encoder)!.test, plan) }));
    networks.set(encoder, rows);
    return rows;
  };
  const how = { engine: context.engine.name, seed, control, ...measuredBy(spec), rows: rowsDigest(plan), otherNames };
  const keyFor = ({ source, target }: EncoderPair, map: string, frame?: string): unknown => ({
    ...how,
    map,
    frame,
    sets: [source, target].map((encoder) => [sets.get(encoder)!.fit, sets.get(encoder)!.test].map(setDigest)),
  });
  return { plan, names, testItems: test.items, fits, network, pairFits: fits.pairFits, keyFor };
}
