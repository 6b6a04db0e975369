import { normaliseRows } from "../align/rows.js";
import { DataError, ShapeError } from "../core/errors.js";
import { takeRows, type Matrix32 } from "../core/matrix.js";
import type { Item } from "../data/embedding-set.js";
import type { ProtocolPair, ProtocolPairs } from "../data/protocol-pairs.js";
import type { FoldScores } from "./folds.js";

/** Rows of images, such as an EmbeddingSet's or what a map makes of them: row i belongs to `items[i]`. */
export interface ImageRows {
  readonly items: readonly Pick<Item, "image">[];
  /** n × d. */
  readonly embeddings: Matrix32;
}

export interface ProtocolScores {
  readonly folds: readonly FoldScores[];
  readonly pairCount: number;
  /** Pairs of which both images are there. Fewer than `pairCount` is not the published protocol. */
  readonly completeCount: number;
  /** Different images that the protocol names. */
  readonly imageCount: number;
  readonly foundImageCount: number;
}

export interface ProtocolOptions {
  /** Where images are missing: throw, or score the pairs that are complete. @defaultValue "refuse" */
  readonly incomplete?: "refuse" | "leave-out";
}

/**
 * The cosines of a protocol's pairs, fold by fold.
 *
 * @param first where the first image of each pair is looked up.
 * @param second the same of the second; other rows than `first` compare two networks, in one space.
 * @throws DataError when images are missing, with counts; ShapeError when items and rows, or the widths of both sides, disagree;
 * ValueError when a row that is compared is zero or not finite.
 */
export function scoreProtocol(
  protocol: ProtocolPairs,
  first: ImageRows,
  second: ImageRows = first,
  { incomplete = "refuse" }: ProtocolOptions = {},
): ProtocolScores {
  const [firstRows, secondRows] = [first, second].map(rowsByImage);
  if (first.embeddings.columns !== second.embeddings.columns) {
    throw new ShapeError(
      `scoreProtocol: rows are ${first.embeddings.columns} and ${second.embeddings.columns} wide; map one side into the space of the other`,
    );
  }
  const isComplete = (pair: ProtocolPair): boolean => firstRows.has(pair.first) && secondRows.has(pair.second);
  const all = protocol.folds.flat();
  const images = new Set(all.flatMap((pair) => [pair.first, pair.second]));
  const counts = {
    pairCount: all.length,
    completeCount: all.filter(isComplete).length,
    imageCount: images.size,
    foundImageCount: [...images].filter((image) => firstRows.has(image) || secondRows.has(image)).length,
  };
  if (incomplete === "refuse" && counts.completeCount < counts.pairCount) {
    throw new DataError(
      `${protocol.title}: ${counts.foundImageCount} of its ${counts.imageCount} images are there, and ${counts.completeCount} of ${counts.pairCount} pairs are complete; embed the other images, or leave incomplete pairs out, which is not the published protocol`,
    );
  }
  const folds = protocol.folds.map((pairs): FoldScores => {
    const complete = pairs.filter(isComplete);
    const cosines = (isMated: boolean): Float32Array => {
      const wanted = complete.filter((pair) => pair.isMated === isMated);
      return rowCosines(
        takeRows(
          first.embeddings,
          wanted.map((pair) => firstRows.get(pair.first)!),
        ),
        takeRows(
          second.embeddings,
          wanted.map((pair) => secondRows.get(pair.second)!),
        ),
      );
    };
    return { mated: cosines(true), nonMated: cosines(false) };
  });
  return { folds, ...counts };
}

function rowsByImage({ items, embeddings }: ImageRows): Map<string, number> {
  if (items.length !== embeddings.rows) {
    throw new ShapeError(`scoreProtocol: got ${items.length} items and ${embeddings.rows} rows; row i belongs to item i, so give as many`);
  }
  return new Map(items.map(({ image }, row) => [image, row]));
}

/** The cosine of row i of one matrix with row i of the other. */
function rowCosines(one: Matrix32, other: Matrix32): Float32Array {
  const [left, right] = [normaliseRows(one), normaliseRows(other)];
  const { columns } = left;
  return Float32Array.from({ length: left.rows }, (_, row) => {
    let sum = 0;
    for (let k = row * columns; k < (row + 1) * columns; k++) sum += left.data[k] * right.data[k];
    return sum;
  });
}
