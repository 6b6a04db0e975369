import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, matrix64, stackRows } from "../core/matrix.js";
import { addColumnsInto, freezeCloud, rowsPerBlock, type CloudMoments, type MomentsOptions } from "./cloud.js";
import { addSumsInto, computeMoments, type Moments, type PairMeans } from "./moments.js";
import type { PairedRows } from "./rows.js";

/** Paired rows that follow those of the block before. */
export interface RowBlock extends PairedRows {
  /** The name of each row's identity, such as `"lfw/Ann_Veneman"`. */
  readonly identities: readonly string[];
}

/**
 * Moments of more pairs than memory holds, read twice from the first block on: for the means, and for the sums about them.
 *
 * The bytes are those that `computeMoments` gives for all rows at once. Besides the sums one block is held at a time; where pairs turn out
 * to be fewer than the columns of a side, all of them are.
 *
 * @param read opens the rows anew at each call. Every block but the last has a multiple of 1,024 rows, as sums run over so many.
 * @throws ShapeError when a block is of other widths, lacks rows or identities of its pairs, or is cut elsewhere; ValueError when there
 * are fewer than two rows, a value is not finite, or the second reading has another number of rows than the first.
 */
export async function streamMoments(read: () => AsyncIterable<RowBlock>, options: MomentsOptions): Promise<Moments> {
  const { count, means, identities } = await readMeans(read, options);
  const [p, q] = [means.source.length, means.target.length];
  if (count < Math.max(p, q)) return fewPairs(read, options);
  const grams = { source: matrix64(p, p), target: matrix64(q, q) };
  const cross = matrix64(p, q);
  let countAgain = 0;
  for await (const block of checkedBlocks(read, options)) {
    await addSumsInto({ ...grams, cross }, block, means, options);
    countAgain += block.source.rows;
  }
  if (countAgain !== count) {
    throw new ValueError(`streamMoments: read ${count} pairs and then ${countAgain}; the same rows must come at each reading`);
  }
  const cloud = (side: "source" | "target"): CloudMoments =>
    freezeCloud({ count, mean: means[side], gram: grams[side], rows: null, identities });
  return Object.freeze({ count, source: cloud("source"), target: cloud("target"), cross, identities });
}

interface Means {
  readonly count: number;
  readonly means: PairMeans;
  readonly identities: ReadonlySet<string>;
}

async function readMeans(read: () => AsyncIterable<RowBlock>, options: MomentsOptions): Promise<Means> {
  let sums: PairMeans | null = null;
  let count = 0;
  const identities = new Set<string>();
  for await (const block of checkedBlocks(read, options)) {
    sums ??= { source: new Float64Array(block.source.columns), target: new Float64Array(block.target.columns) };
    addColumnsInto(sums.source, block.source);
    addColumnsInto(sums.target, block.target);
    count += block.source.rows;
    for (const identity of block.identities) identities.add(identity);
  }
  if (sums === null || count < 2) throw new ValueError(`streamMoments: read ${count} pairs; moments need at least two`);
  return { count, means: { source: sums.source.map((sum) => sum / count), target: sums.target.map((sum) => sum / count) }, identities };
}

async function fewPairs(read: () => AsyncIterable<RowBlock>, options: MomentsOptions): Promise<Moments> {
  const blocks: RowBlock[] = [];
  for await (const block of checkedBlocks(read, options)) blocks.push(block);
  const [source, target] = (["source", "target"] as const).map((side) => stackRows(blocks.map((block) => block[side])));
  return computeMoments(
    source,
    target,
    blocks.flatMap((block) => block.identities),
    options,
  );
}

async function* checkedBlocks(read: () => AsyncIterable<RowBlock>, { signal }: MomentsOptions): AsyncGenerator<RowBlock> {
  let row = 0;
  let widths: readonly [number, number] | null = null;
  for await (const block of read()) {
    signal?.throwIfAborted();
    const { source, target, identities } = block;
    const caller = `streamMoments: the block from row ${row} on`;
    widths ??= [source.columns, target.columns];
    if (source.rows !== target.rows || source.rows !== identities.length) {
      throw new ShapeError(
        `${caller} has ${source.rows} source rows, ${target.rows} target rows and ${identities.length} identities; row i of each must be of the same image`,
      );
    }
    if (source.columns !== widths[0] || target.columns !== widths[1]) {
      throw new ShapeError(`${caller} is ${source.columns} and ${target.columns} wide; the first is ${widths[0]} and ${widths[1]}`);
    }
    if (row % rowsPerBlock !== 0) {
      throw new ShapeError(
        `${caller} does not begin at a multiple of ${rowsPerBlock}; give every block but the last so many rows, or a multiple`,
      );
    }
    checkFinite(source, `${caller}: source`);
    checkFinite(target, `${caller}: target`);
    row += source.rows;
    yield block;
  }
}
