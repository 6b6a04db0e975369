import { DataError } from "../core/errors.js";
import { rowRange } from "../linalg/operands.js";
import { rowsPerBlock, type MomentsOptions } from "./cloud.js";
import { addMoments } from "./moment-sums.js";
import { computeMoments, type Moments } from "./moments.js";
import { normaliseRows, type PairedRows } from "./rows.js";

/** Moments of 2^`level` blocks of rows that follow each other. */
export interface MomentPart {
  /** The first of its blocks: a multiple of 2^`level`. */
  readonly first: number;
  readonly level: number;
  readonly moments: Moments;
}

/** How many blocks of 1,024 rows there are; a last row alone, which has no moments, goes to the block before it. */
export function countBlocks(rowCount: number): number {
  return Math.ceil(rowCount / rowsPerBlock) - (rowCount % rowsPerBlock === 1 && rowCount > 1 ? 1 : 0);
}

/**
 * Moments of the blocks `first` … `last` − 1 of paired rows, which are scaled to unit length, as few parts.
 *
 * @param identities the name of each row's identity.
 */
export async function sumBlocks(
  rows: PairedRows,
  identities: readonly string[],
  { first, last, ...options }: MomentsOptions & { readonly first: number; readonly last: number },
): Promise<MomentPart[]> {
  const { source, target } = rows;
  const blockCount = countBlocks(source.rows);
  let parts: MomentPart[] = [];
  for (let block = first; block < last; block++) {
    const end = block === blockCount - 1 ? source.rows : (block + 1) * rowsPerBlock;
    const begin = block * rowsPerBlock;
    const [left, right] = [source, target].map((side) => normaliseRows(rowRange(side, begin, end)));
    parts = mergeParts([...parts, { first: block, level: 0, moments: await computeMoments(left, right, identities.slice(begin, end), options) }]); // prettier-ignore
  }
  return parts;
}

/**
 * Parts in order, with each two halves of a larger part added to it.
 *
 * A part is always added from the same two halves, so that the sums of all blocks do not depend on how these were shared out.
 */
export function mergeParts(parts: readonly MomentPart[]): MomentPart[] {
  const merged: MomentPart[] = [];
  for (const part of parts) {
    let last = part;
    for (let before = merged.at(-1); before !== undefined && areHalves(before, last); before = merged.at(-1)) {
      merged.pop();
      last = { first: before.first, level: last.level + 1, moments: addMoments(before.moments, last.moments) };
    }
    merged.push(last);
  }
  return merged;
}

function areHalves(before: MomentPart, after: MomentPart): boolean {
  return before.level === after.level && before.first % 2 ** (before.level + 1) === 0 && after.first === before.first + 2 ** before.level;
}

/**
 * The moments of all rows, from parts in order that leave out no block.
 *
 * @throws DataError that names the first block that is missing, or is there twice.
 */
export function addParts(parts: readonly MomentPart[], blockCount: number): Moments {
  let next = 0;
  for (const { first, level } of [...parts, { first: blockCount, level: 0 }]) {
    if (first !== next) {
      throw new DataError(`addParts: block ${Math.min(first, next)} of ${blockCount} is ${first > next ? "missing" : "there twice"}; give the files of all shards once`); // prettier-ignore
    }
    next = first + 2 ** level;
  }
  return mergeParts(parts)
    .map(({ moments }) => moments)
    .reduceRight((after, before) => addMoments(before, after));
}
