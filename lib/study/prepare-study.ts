import { controlDrawCount } from "../align/controls.js";
import type { CloudMoments } from "../align/cloud.js";
import { pairClouds, reverseMoments, type Moments } from "../align/moments.js";
import type { FitContext } from "../align/registry.js";
import type { PairedRows } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { rowsDigest, setDigest } from "./content-digest.js";
import { checkSameImages, identityNames, prepareNetwork, type NetworkRows } from "./network-rows.js";
import { planStudy, type StudyPlan } from "./protocol.js";
import type { TestRows } from "./score-map.js";
import { keyOf, type EncoderPair, type StudyContext, type StudySpec } from "./study-spec.js";

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
  /** A network's rows of unit length. */
  readonly network: (encoder: string) => Promise<NetworkRows>;
  /** What maps of a pair are fitted from: of each draw of the control where there is one. The last two networks' sums are kept. */
  readonly pairFits: (pair: EncoderPair) => Promise<readonly FitContext[]>;
  /** All that the measures of one map depend on, beside the code. */
  readonly keyFor: (pair: EncoderPair, map: string) => unknown;
}

/**
 * Load the networks of a spec and choose the rows of its protocol.
 *
 * @throws ValueError when there is no such study set, or the test people of another set are to be fitted on; DataError when a set is missing, or networks have different images.
 */
export async function prepareStudy(spec: StudyRowsSpec & Partial<StudySpec>, context: StudyContext): Promise<PreparedStudy> {
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

  const { engine, signal, moments = new Map<string, Moments>() } = context;
  const clouds = new Map<string, CloudMoments>();
  for (const pair of spec.pairs) {
    const known = moments.get(keyOf(pair));
    if (known === undefined) continue;
    checkSameRows(known, pair, identityNames(fit, plan.train));
    clouds.set(pair.source, known.source).set(pair.target, known.target);
  }
  const networks = new Map<string, Promise<NetworkRows>>();
  const network = (encoder: string): Promise<NetworkRows> => {
    const { fit, test } = sets.get(encoder)!;
    const rows = networks.get(encoder) ?? prepareNetwork(fit, test, plan, { control, cloud: clouds.get(encoder), engine, signal });
    networks.set(encoder, rows);
    return rows;
  };
  const { frames, ranks, fmrs, curvePoints } = spec;
  const how = { engine: engine.name, seed, control, frames, ranks, fmrs, curvePoints, rows: rowsDigest(plan), otherNames };
  const keyFor = ({ source, target }: EncoderPair, map: string): unknown => ({
    ...how,
    map,
    sets: [source, target].map((encoder) => [sets.get(encoder)!.fit, sets.get(encoder)!.test].map(setDigest)),
  });
  let last: { readonly forward: EncoderPair; readonly fits: Promise<FitContext[]> } | null = null;
  const pairFits = async (pair: EncoderPair): Promise<FitContext[]> => {
    if (last !== null && isSame(last.forward, pair)) return last.fits;
    // A control pairs the rows of one direction otherwise than those of the other.
    if (last !== null && control === "none" && isSame(last.forward, { source: pair.target, target: pair.source })) {
      const { trainIdentities } = await network(pair.source);
      return (await last.fits).map((fit) => reversed(fit, trainIdentities));
    }
    const fits = pairRows(await network(pair.source), await network(pair.target), control, context, moments.get(keyOf(pair)));
    last = { forward: pair, fits };
    return fits;
  };
  return { plan, names, testItems: test.items, network, pairFits, keyFor };
}

async function pairRows(
  source: NetworkRows,
  target: NetworkRows,
  control: NonNullable<StudySpec["control"]>,
  { engine, signal }: StudyContext,
  known?: Moments,
): Promise<FitContext[]> {
  const fits: FitContext[] = [];
  for (let draw = 0; draw < (control === "none" ? 1 : controlDrawCount(control)); draw++) {
    const targetRows = await target.asTarget(draw);
    const train = { source: source.train, target: targetRows.train };
    const moments = known ?? (await pairClouds(source.cloud, targetRows.cloud, train, { engine, signal }));
    const tune = { source: source.tune, target: targetRows.tune };
    fits.push({ moments, train, trainIdentities: source.trainIdentities, tune, engine, signal });
  }
  return fits;
}

/** @throws ValueError when the moments are of other rows than the plan trains on. */
function checkSameRows({ count, identities }: Moments, pair: EncoderPair, names: readonly string[]): void {
  const stranger = names.find((name) => !identities.has(name));
  if (count === names.length && stranger === undefined) return;
  throw new ValueError(
    `prepareStudy: the moments of ${keyOf(pair)} are of ${count} rows${stranger === undefined ? "" : ` without ${stranger}`}, and ${names.length} are trained on; sum them with the same sets and seed`,
  );
}

function reversed({ moments, train, tune, ...fit }: FitContext, trainIdentities: readonly string[]): FitContext {
  const swap = ({ source, target }: PairedRows): PairedRows => ({ source: target, target: source });
  return { ...fit, moments: reverseMoments(moments), train: swap(train), tune: swap(tune), trainIdentities };
}

function isSame(one: EncoderPair, other: EncoderPair): boolean {
  return one.source === other.source && one.target === other.target;
}
