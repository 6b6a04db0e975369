import type { CloudMoments } from "../align/cloud.js";
import { controlDrawCount, type PairControl } from "../align/controls.js";
import { pairClouds, reverseMoments, type Moments } from "../align/moments.js";
import type { FitContext } from "../align/registry.js";
import type { PairedRows } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import { fitRowsDigest } from "./content-digest.js";
import { identityNames, prepareFitNetwork, type FitNetwork } from "./network-rows.js";
import type { StudyPlan } from "./protocol.js";
import { keyOf, type EncoderPair, type StudyContext } from "./study-spec.js";

/** What maps are fitted on; rows and sums are made when they are first asked for. */
export interface PreparedFits {
  /** Equal where the same rows of the same networks are fitted on. */
  readonly key: string;
  /** What is fitted on of a network. */
  readonly network: (encoder: string) => Promise<FitNetwork>;
  /** What maps of a pair are fitted from: of each draw of the control where there is one. The last two networks' sums are kept. */
  readonly pairFits: (pair: EncoderPair) => Promise<readonly FitContext[]>;
}

/** What a plan is followed with. */
export interface FitsSpec {
  /** Networks' embeddings of the fit set, of the same images. */
  readonly sets: ReadonlyMap<string, EmbeddingSet>;
  readonly pairs: readonly EncoderPair[];
  readonly control: "none" | PairControl;
}

/** @throws ValueError when the context's moments are of other rows than the plan trains on. */
export function prepareFits(plan: StudyPlan, { sets, pairs, control }: FitsSpec, context: StudyContext): PreparedFits {
  const { engine, signal, moments = new Map<string, Moments>() } = context;
  const [{ faceSet }] = sets.values();
  const clouds = new Map<string, CloudMoments>();
  for (const pair of pairs) {
    const known = moments.get(keyOf(pair));
    if (known === undefined) continue;
    checkSameRows(known, pair, identityNames(sets.get(pair.source)!, plan.train));
    clouds.set(pair.source, known.source).set(pair.target, known.target);
  }
  const networks = new Map<string, Promise<FitNetwork>>();
  const network = (encoder: string): Promise<FitNetwork> => {
    const cloud = clouds.get(encoder);
    const rows = networks.get(encoder) ?? prepareFitNetwork(sets.get(encoder)!, plan, { control, cloud, engine, signal });
    networks.set(encoder, rows);
    return rows;
  };
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
  const drawn = control === "none" ? [control] : [control, plan.seed];
  return { key: [faceSet, ...[...sets.keys()].sort(), ...drawn, fitRowsDigest(plan)].join(" "), network, pairFits };
}

async function pairRows(
  source: FitNetwork,
  target: FitNetwork,
  control: "none" | PairControl,
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
