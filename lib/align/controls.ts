import { ValueError } from "../core/errors.js";
import { permutation, type Random } from "../core/random.js";

/**
 * Pairs that are wrong on purpose, to fit the same maps on.
 *
 * `shuffled`: any row with any other, at random. `identity-shuffled`: the images of each person with those of another one, kept
 * together. `other-image`: each image with another image of the same person. The first two tell what a fit reaches without any
 * correspondence, the last whether it needs that of the photographs or only that of the people.
 */
export type PairControl = "shuffled" | "identity-shuffled" | "other-image";

/** How many draws of a control the study takes the mean of: one draw of a random one says little, and `other-image` draws nothing. */
export function controlDrawCount(control: PairControl): number {
  return control === "other-image" ? 1 : 10;
}

/**
 * For each row of the source, the row of the target that it is paired with.
 *
 * `shuffled` is a random permutation, in which a few pairs stay right by chance. `identity-shuffled` puts people in a random circle and
 * pairs image i of each with image i of the next, starting again where the next one has fewer: rows of people with many images can be
 * left out, and those of people with few come more than once. `other-image` takes each person's next image in row order.
 *
 * @param identities the name of each row's identity.
 * @throws ValueError when there are fewer than two people to exchange, or a person has no other image.
 */
export function controlPairs(identities: readonly string[], control: PairControl, random: Random): Int32Array {
  switch (control) {
    case "shuffled":
      return permutation(identities.length, random);
    case "identity-shuffled":
      return exchangePeople(identities, random);
    case "other-image":
      return exchangeImages(identities);
  }
}

function exchangePeople(identities: readonly string[], random: Random): Int32Array {
  const people = rowsByIdentity(identities);
  if (people.length < 2) throw new ValueError(`controlPairs: got ${people.length} people; exchanging them needs at least two`);
  const circle = permutation(people.length, random);
  const pairs = new Int32Array(identities.length);
  circle.forEach((person, place) => {
    const partner = people[circle[(place + 1) % circle.length]].rows;
    people[person].rows.forEach((row, i) => (pairs[row] = partner[i % partner.length]));
  });
  return pairs;
}

function exchangeImages(identities: readonly string[]): Int32Array {
  const pairs = new Int32Array(identities.length);
  for (const { identity, rows } of rowsByIdentity(identities)) {
    if (rows.length < 2) throw new ValueError(`controlPairs: ${identity} has one image; pairing with another one needs two of each person`);
    rows.forEach((row, i) => (pairs[row] = rows[(i + 1) % rows.length]));
  }
  return pairs;
}

function rowsByIdentity(identities: readonly string[]): { readonly identity: string; readonly rows: readonly number[] }[] {
  const people = new Map<string, number[]>();
  identities.forEach((identity, row) => {
    const rows = people.get(identity);
    if (rows === undefined) people.set(identity, [row]);
    else rows.push(row);
  });
  return [...people].map(([identity, rows]) => ({ identity, rows }));
}
