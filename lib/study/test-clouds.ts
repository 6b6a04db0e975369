import { applyMap } from "../align/map.js";
import { findMapKind } from "../align/registry.js";
import { lessMean, normaliseRows } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import { stackRows, type Matrix32, takeRows } from "../core/matrix.js";
import { checkIntoTarget } from "../geometry/into-target.js";
import { prepareStudy } from "./prepare-study.js";
import type { EncoderPair, StudyContext, StudySpec } from "./study-spec.js";

export interface TestCloudsSpec extends EncoderPair, Pick<StudySpec, "fitSet" | "testSet" | "seed"> {
  readonly map: string;
  /** How many test identities: those with the most images. */
  readonly people: number;
}

/** Where a point comes from: the source network as it is, its mapped rows, the target network. */
export type CloudName = "source" | "mapped" | "target";

export interface TestClouds {
  /** Unit rows about the training means, in the target's space: the three clouds, one after the other. */
  readonly points: Matrix32;
  readonly labels: readonly { readonly cloud: CloudName; readonly identity: string }[];
}

/**
 * The test images of some people as three clouds in one space: the source's rows unaligned and mapped, and the target's.
 *
 * @throws ValueError when source and target are one network, there are not that many test identities, or the map leads to a space other than the target's.
 */
export async function testClouds(spec: TestCloudsSpec, context: StudyContext): Promise<TestClouds> {
  if (spec.source === spec.target) throw new ValueError(`testClouds: got ${spec.source} as source and target; name two networks`);
  const { engine, signal } = context;
  const { names, network, pairFits } = await prepareStudy({ ...spec, pairs: [spec] }, context);
  const [source, target] = [await network(spec.source), await network(spec.target)];
  const [fit] = await pairFits(spec);
  const identities = [...names.galleryIdentities, ...names.probeIdentities];
  const rows = chooseRows(identities, spec.people);
  const pick = (gallery: Matrix32, probes: Matrix32): Matrix32 => takeRows(stackRows([gallery, probes]), rows);
  const sourceRows = pick(source.gallery, source.probes);
  const mapped = async (name: string): Promise<Matrix32> => {
    const map = await findMapKind(name).fit(fit);
    checkIntoTarget(map, "testClouds");
    return applyMap(map, sourceRows, { frame: "centred", engine, signal });
  };
  const clouds: readonly (readonly [CloudName, Matrix32])[] = [
    ["source", await mapped("zero-pad")],
    ["mapped", await mapped(spec.map)],
    ["target", lessMean(pick(target.gallery, target.probes), fit.moments.target.mean)],
  ];
  return {
    points: stackRows(clouds.map(([, points]) => normaliseRows(points))),
    labels: clouds.flatMap(([cloud]) => rows.map((row) => ({ cloud, identity: identities[row].slice(identities[row].indexOf("/") + 1) }))),
  };
}

/** Rows of the people with the most images; of equals, the first by name. */
function chooseRows(identities: readonly string[], people: number): number[] {
  const counts = new Map<string, number>();
  for (const identity of identities) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  if (!(people >= 1 && people <= counts.size)) {
    throw new ValueError(`testClouds: got ${people} people; there are ${counts.size} test identities, so give 1 to ${counts.size}`);
  }
  const ranked = [...counts].sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || (one < other ? -1 : 1));
  const chosen = new Set(ranked.slice(0, people).map(([identity]) => identity));
  return identities.flatMap((identity, row) => (chosen.has(identity) ? [row] : []));
}
