import { createHash } from "node:crypto";
import { ShapeError, ValueError } from "../core/errors.js";
import { takeRows } from "../core/matrix.js";
import type { MomentsOptions } from "./cloud.js";
import { computeMoments, type Moments } from "./moments.js";
import type { PairedRows } from "./rows.js";

export interface FoldOptions extends MomentsOptions {
  /** From 2 to the number of identities. @defaultValue 5 */
  readonly foldCount?: number;
}

/**
 * Moments of k parts of the training rows, nobody in two of them.
 *
 * Identities, sorted by the SHA-256 of `fold/<identity>` (hex), are dealt out in turn: folds have as many people as each other, or one more, and
 * do not depend on the order of the rows. Added up they are the moments of all rows, and the whole less one is what that one is tested by.
 *
 * @param identities the name of each row's identity, such as `"lfw/Ann_Veneman"`.
 * @throws ShapeError when the counts disagree; ValueError when there are fewer people than folds, a fold has fewer than two rows, or a
 * value is not finite.
 */
export async function computeFolds(
  { source, target }: PairedRows,
  identities: readonly string[],
  { foldCount = 5, ...options }: FoldOptions,
): Promise<Moments[]> {
  if (source.rows !== target.rows || source.rows !== identities.length) {
    throw new ShapeError(
      `computeFolds: got ${source.rows} source rows, ${target.rows} target rows and ${identities.length} identities; row i of each must be of the same image`,
    );
  }
  const people = [...new Set(identities)]
    .map((identity) => ({ identity, hash: createHash("sha256").update(`fold/${identity}`, "utf8").digest("hex") }))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1));
  if (!(Number.isInteger(foldCount) && foldCount >= 2 && foldCount <= people.length)) {
    throw new ValueError(
      `computeFolds: foldCount is ${foldCount}; it must be a whole number from 2 to ${people.length}, the number of identities`,
    );
  }
  const foldOf = new Map(people.map(({ identity }, place) => [identity, place % foldCount]));
  const folds: Moments[] = [];
  for (let fold = 0; fold < foldCount; fold++) {
    const rows = identities.flatMap((identity, row) => (foldOf.get(identity) === fold ? [row] : []));
    if (rows.length < 2) {
      throw new ValueError(
        `computeFolds: fold ${fold} of ${foldCount} has ${rows.length} row; moments need at least two, so ask for fewer folds`,
      );
    }
    const names = rows.map((row) => identities[row]);
    folds.push(await computeMoments(takeRows(source, rows), takeRows(target, rows), names, options));
  }
  return folds;
}
