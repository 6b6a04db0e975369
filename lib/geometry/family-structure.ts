import { ValueError } from "../core/errors.js";
import type { EncoderManifest } from "../data/encoder-manifest.js";
import { permuteLabels, type PermutationOptions, type PermutationTest } from "../metrics/label-permutations.js";
import type { Compatibility } from "./compatibility.js";

/** What is to be known of a network: an encoder's manifest says it. */
export type NetworkOrigin = Pick<EncoderManifest, "id" | "family" | "siblings">;

/** Mean compatibility of ordered pairs of one family and of two. */
export interface FamilyMeans {
  /** Over pairs within any family; families of one member have none. */
  readonly within: number;
  readonly between: number;
  readonly withinCount: number;
  readonly betweenCount: number;
  /** Of each family with at least one pair. */
  readonly families: readonly { readonly family: string; readonly members: number; readonly within: number; readonly pairCount: number }[];
  /** Of within − between, by exchanging networks among families; one-sided: is it larger than by chance? */
  readonly test: PermutationTest;
}

export interface FamilyStructure {
  /** Over all pairs. */
  readonly all: FamilyMeans;
  /** Without the pairs that come from one source; null when nothing is left within families or between them. */
  readonly withoutSiblings: FamilyMeans | null;
  /** Pairs of networks that come from one source, each once. */
  readonly siblings: readonly (readonly [string, string])[];
}

/**
 * Are networks of one family more compatible with each other than with others?
 *
 * Networks that one source made may share training data, crops and code, so that what looks like family is kinship: the same is reported
 * without those pairs, which stay out, and the same, under every exchange of labels.
 *
 * @param origins of at least the networks of the matrix.
 * @throws ValueError when a network has no origin, or there is no family of two or no second family.
 */
export function compareFamilies(scores: Compatibility, origins: readonly NetworkOrigin[], options: PermutationOptions): FamilyStructure {
  const { networks } = scores;
  const own = networks.map((network) => {
    const origin = origins.find(({ id }) => id === network);
    if (origin === undefined) throw new ValueError(`compareFamilies: nothing is said of ${network}; give its family and siblings`);
    return origin;
  });
  const areSiblings = (i: number, j: number): boolean => own[i].siblings.includes(networks[j]) || own[j].siblings.includes(networks[i]);
  const siblings = networks.flatMap((network, i) =>
    networks.flatMap((other, j) => (i < j && areSiblings(i, j) ? [[network, other] as const] : [])),
  );
  const families = own.map(({ family }) => family);
  const all = familyMeans(scores, families, () => true, options);
  if (all === null) {
    throw new ValueError(
      `compareFamilies: got the families ${[...new Set(families)].join(", ")} of ${networks.length} networks; it needs one with two members, and a second one`,
    );
  }
  return {
    all,
    withoutSiblings: siblings.length === 0 ? all : familyMeans(scores, families, (i, j) => !areSiblings(i, j), options),
    siblings,
  };
}

/** Means over the pairs that count; null when none is within a family, or none between two. */
function familyMeans(
  { networks, values }: Compatibility,
  families: readonly string[],
  counts: (i: number, j: number) => boolean,
  options: PermutationOptions,
): FamilyMeans | null {
  const size = networks.length;
  const pairs: (readonly [number, number, number])[] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (i !== j && counts(i, j)) pairs.push([i, j, values.data[i * size + j]]);
  }
  const means = (order: Int32Array) => {
    const sums = { within: 0, withinCount: 0, between: 0, betweenCount: 0 };
    for (const [i, j, value] of pairs) {
      if (families[order[i]] === families[order[j]]) {
        sums.within += value;
        sums.withinCount++;
      } else {
        sums.between += value;
        sums.betweenCount++;
      }
    }
    return { ...sums, within: sums.within / sums.withinCount, between: sums.between / sums.betweenCount };
  };
  const observed = means(Int32Array.from({ length: size }, (_, i) => i));
  if (observed.withinCount === 0 || observed.betweenCount === 0) return null;
  // An exchange that leaves no pair on one side has no difference to compare, and is counted as one as large.
  const difference = (order: Int32Array): number => {
    const { within, between, withinCount, betweenCount } = means(order);
    return withinCount === 0 || betweenCount === 0 ? Infinity : within - between;
  };
  return {
    ...observed,
    families: [...new Set(families)].flatMap((family) => {
      const inside = pairs.filter(([i, j]) => families[i] === family && families[j] === family);
      if (inside.length === 0) return [];
      const within = inside.reduce((sum, [, , value]) => sum + value, 0) / inside.length;
      return { family, members: families.filter((name) => name === family).length, within, pairCount: inside.length };
    }),
    test: permuteLabels(size, difference, options),
  };
}
