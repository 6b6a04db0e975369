import { ShapeError, ValueError } from "../core/errors.js";
import { permutation, type Random } from "../core/random.js";
import { indicesBySubject, labelAllPairs } from "../metrics/labels.js";

/**
 * Which rows of the target may change places, to see how similar clouds are without what is tested.
 *
 * `rows`: any, which tests against rows that have nothing to do with each other. `identities`: people of as many rows change places, their
 * rows kept together and in order, which also keeps what the images of a person share. `within-identity`: the rows of each person, which
 * tests agreement about photographs beyond that about people.
 */
export type PermutationScheme = "rows" | "identities" | "within-identity";

/** Draws orders of the target's rows. */
export interface Permuter {
  /** Rows that can change places. */
  readonly movableCount: number;
  /** For each row of the source, the row of the target that it is paired with; every row once. */
  draw(random: Random): Int32Array;
}

/**
 * Make ready to draw permutations of a scheme. All permutations that it allows are as likely.
 *
 * @param identities the name of each row's identity.
 * @throws ShapeError when there are fewer than two rows; ValueError when no row can change places: no two people have as many rows, or nobody has two.
 * @see Winkler et al. 2015, doi:10.1016/j.neuroimage.2015.05.092, on blocks of rows that may be exchanged
 */
export function createPermuter(identities: readonly string[], scheme: PermutationScheme): Permuter {
  if (identities.length < 2) throw new ShapeError(`createPermuter: got ${identities.length} rows; a permutation needs at least two`);
  switch (scheme) {
    case "rows":
      return { movableCount: identities.length, draw: (random) => permutation(identities.length, random) };
    case "identities":
      return exchangeBlocks(sizeClasses(identityBlocks(identities)), identities.length);
    case "within-identity":
      return exchangeWithin(identityBlocks(identities), identities.length);
  }
}

function exchangeBlocks(classes: readonly (readonly Int32Array[])[], count: number): Permuter {
  const movable = classes.filter((blocks) => blocks.length > 1);
  if (movable.length === 0) {
    throw new ValueError(
      `createPermuter: no two of ${classes.length} identities have as many rows, so none can change places; cut people to as many rows`,
    );
  }
  return {
    movableCount: movable.reduce((sum, blocks) => sum + blocks.length * blocks[0].length, 0),
    draw: (random): Int32Array => {
      const order = Int32Array.from({ length: count }, (_, row) => row);
      for (const blocks of movable) {
        permutation(blocks.length, random).forEach((other, place) => {
          blocks[place].forEach((row, i) => (order[row] = blocks[other][i]));
        });
      }
      return order;
    },
  };
}

function exchangeWithin(blocks: readonly Int32Array[], count: number): Permuter {
  const movable = blocks.filter((rows) => rows.length > 1);
  if (movable.length === 0) {
    throw new ValueError(`createPermuter: each of ${blocks.length} identities has one row, so none can change places within one`);
  }
  return {
    movableCount: movable.reduce((sum, rows) => sum + rows.length, 0),
    draw: (random): Int32Array => {
      const order = Int32Array.from({ length: count }, (_, row) => row);
      for (const rows of movable) permutation(rows.length, random).forEach((other, place) => (order[rows[place]] = rows[other]));
      return order;
    },
  };
}

/** The rows of each identity. */
export function identityBlocks(identities: readonly string[]): Int32Array[] {
  const { probes: codes, subjectCount } = labelAllPairs(identities);
  return indicesBySubject(codes, subjectCount).map((rows) => Int32Array.from(rows));
}

function sizeClasses(blocks: readonly Int32Array[]): Int32Array[][] {
  const classes = new Map<number, Int32Array[]>();
  for (const rows of blocks) {
    const known = classes.get(rows.length);
    if (known === undefined) classes.set(rows.length, [rows]);
    else known.push(rows);
  }
  return [...classes.values()];
}
