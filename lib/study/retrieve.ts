import { findMapKind } from "../align/registry.js";
import { ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { createRandom, permutation } from "../core/random.js";
import { collectCandidates, type Candidates } from "../metrics/candidates.js";
import { countRanks, pessimisticRanks } from "../metrics/identification.js";
import { labelScores } from "../metrics/labels.js";
import { scoreBlocks } from "../metrics/scores.js";
import { prepareStudy } from "./prepare-study.js";
import { placeTest } from "./score-map.js";
import type { EncoderPair, StudyContext, StudySpec } from "./study-spec.js";

export interface RetrievalSpec extends EncoderPair, Pick<StudySpec, "fitSet" | "testSet" | "seed"> {
  readonly map: string;
  /** How many probes are shown. */
  readonly probeCount: number;
  /** How many of the gallery's best are listed. @defaultValue 5 */
  readonly listLength?: number;
}

/** One photograph. */
export interface RetrievedImage {
  readonly image: string;
  readonly identity: string;
}

export interface Retrieved extends RetrievedImage {
  readonly score: number;
  readonly isMate: boolean;
}

/** A probe, and what a search brings up. */
export interface Retrieval {
  readonly probe: RetrievedImage;
  /** Rank of the mate without a map (`zero-pad`), and with it. */
  readonly rankBefore: number;
  readonly rankAfter: number;
  readonly before: readonly Retrieved[];
  readonly after: readonly Retrieved[];
}

/**
 * The gallery's best for some probes, before and after a map.
 *
 * Probes are drawn by the seed: half of them from those that the map fails on, as far as there are so many, so that failures are seen. The
 * share of failures is therefore not that of the set.
 *
 * @throws ValueError when no probe is asked for, or more than there are; as runStudy does for the rest.
 */
export async function retrieve({ map, probeCount, listLength = 5, ...spec }: RetrievalSpec, context: StudyContext): Promise<Retrieval[]> {
  const { plan, names, testItems, network, pairFits } = await prepareStudy({ ...spec, pairs: [spec] }, context);
  if (!(Number.isInteger(probeCount) && probeCount >= 1 && probeCount <= plan.probes.length)) {
    throw new ValueError(`retrieve: got ${probeCount} probes; ask for a whole number from 1 to ${plan.probes.length}`);
  }
  const { engine, signal } = context;
  const [{ probes }, { gallery }] = [await network(spec.source), await network(spec.target)];
  const [fit] = await pairFits(spec);
  const search = async (name: string): Promise<Search> => {
    const placed = await placeTest(await findMapKind(name).fit(fit), { probes, gallery, ...names }, { engine, signal });
    return searchAll(placed.probes, placed.gallery, names, listLength, context);
  };
  const [before, after] = [await search("zero-pad"), await search(map)];

  const order = Array.from(permutation(plan.probes.length, createRandom(spec.seed)));
  const failed = order.filter((probe) => after.ranks[probe] > 1).slice(0, Math.floor(probeCount / 2));
  const chosen = [...order.filter((probe) => after.ranks[probe] === 1).slice(0, probeCount - failed.length), ...failed];
  const describe = (row: number): RetrievedImage => ({ image: testItems[row].image, identity: testItems[row].identity });
  const listOf = ({ candidates }: Search, probe: number): Retrieved[] =>
    Array.from({ length: listLength }, (_, place) => {
      const at = probe * listLength + place;
      const shown = describe(plan.gallery[candidates.templates[at]]);
      return { ...shown, score: candidates.scores[at], isMate: shown.identity === testItems[plan.probes[probe]].identity };
    });
  return chosen.map((probe) => ({
    probe: describe(plan.probes[probe]),
    rankBefore: before.ranks[probe],
    rankAfter: after.ranks[probe],
    before: listOf(before, probe),
    after: listOf(after, probe),
  }));
}

interface Search {
  readonly candidates: Candidates;
  /** Of each probe's mate. */
  readonly ranks: Int32Array;
}

async function searchAll(
  probes: Matrix32,
  gallery: Matrix32,
  names: { readonly probeIdentities: readonly string[]; readonly galleryIdentities: readonly string[] },
  listLength: number,
  { engine, signal }: StudyContext,
): Promise<Search> {
  const lists = collectCandidates(probes.rows, gallery.rows, listLength);
  const counter = countRanks(labelScores(names.probeIdentities, names.galleryIdentities));
  await scoreBlocks(probes, gallery, [lists, counter], { engine, signal });
  return { candidates: lists.candidates(), ranks: pessimisticRanks(counter.ranks()) };
}
