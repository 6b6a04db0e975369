import { ShapeError, ValueError } from "../core/errors.js";
import { matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";
import { transpose } from "../linalg/transpose.js";
import { cloudOf, meanOf, rowsPerBlock, type CloudMoments, type MomentsOptions } from "./cloud.js";
import { blockCentring, type PairedRows } from "./rows.js";

/**
 * All that a map depends on: sums over n training pairs of source width p and target width q.
 *
 * The clouds are shared: one cloud, and whatever was derived from it, serves every pair that its network is in.
 */
export interface Moments {
  /** n pairs. */
  readonly count: number;
  readonly source: CloudMoments;
  readonly target: CloudMoments;
  /** SᵀT of the centred rows, p × q. */
  readonly cross: Matrix64;
  /** Names of the identities whose rows were summed. */
  readonly identities: ReadonlySet<string>;
}

/** Column means of both sides. */
export interface PairMeans {
  readonly source: Float64Array;
  readonly target: Float64Array;
}

const reverses = new WeakMap<Moments, Moments>();

/**
 * Moments of paired rows: row i of `source` and row i of `target` come from the same image.
 *
 * @param source n × p.
 * @param target n × q.
 * @param identities the name of each row's identity, such as `"lfw/Ann_Veneman"`.
 * @throws ShapeError when the counts disagree; ValueError when there are fewer than two rows, or a value is not finite.
 */
export async function computeMoments(
  source: Matrix32,
  target: Matrix32,
  identities: readonly string[],
  options: MomentsOptions,
): Promise<Moments> {
  checkPaired(source, target, "computeMoments");
  const means = {
    source: meanOf(source, identities, "computeMoments: source"),
    target: meanOf(target, identities, "computeMoments: target"),
  };
  const [p, q] = [source.columns, target.columns];
  const sums = { source: matrix64(p, p), target: matrix64(q, q), cross: matrix64(p, q) };
  await addSumsInto(sums, { source, target }, means, options);
  const names = new Set(identities);
  return Object.freeze({
    count: source.rows,
    source: cloudOf(source, { mean: means.source, gram: sums.source, identities: names }),
    target: cloudOf(target, { mean: means.target, gram: sums.target, identities: names }),
    cross: sums.cross,
    identities: names,
  });
}

/** What is summed of paired rows; the Grams, p × p and q × q, only where they are not known yet. */
export interface PairSums {
  readonly source?: Matrix64;
  readonly target?: Matrix64;
  /** p × q. */
  readonly cross: Matrix64;
}

/** sums += SᵀS, TᵀT and SᵀT of the rows less their means, a block at a time, from rows that are centred once. */
export async function addSumsInto(
  sums: PairSums,
  { source, target }: PairedRows,
  means: PairMeans,
  { engine, signal }: MomentsOptions,
): Promise<void> {
  const part = new Float64Array(sums.cross.data.length);
  const [centreSource, centreTarget] = [blockCentring(source, means.source), blockCentring(target, means.target)];
  for (let first = 0; first < source.rows; first += rowsPerBlock) {
    const last = Math.min(first + rowsPerBlock, source.rows);
    const [left, right] = [centreSource(first, last), centreTarget(first, last)];
    if (sums.source) addInto(sums.source.data, (await engine.gram(left, { signal })).data);
    if (sums.target) addInto(sums.target.data, (await engine.gram(right, { signal })).data);
    addInto(sums.cross.data, (await engine.product(left, right, { transposeLeft: true, into: part, signal })).data);
  }
}

/**
 * Moments of a pair of networks whose clouds are known already: only the cross-Gram is summed.
 *
 * @param rows the rows that both clouds were computed from, in the same order.
 * @throws ShapeError when rows and clouds disagree in size; ValueError when the clouds saw different identities.
 */
export async function pairClouds(source: CloudMoments, target: CloudMoments, rows: PairedRows, options: MomentsOptions): Promise<Moments> {
  checkPaired(rows.source, rows.target, "pairClouds");
  checkRowsOf(source, rows.source, "source");
  checkRowsOf(target, rows.target, "target");
  if (!sameNames(source.identities, target.identities)) {
    throw new ValueError("pairClouds: the clouds saw different identities; compute both from the rows of the same images");
  }
  const cross = matrix64(rows.source.columns, rows.target.columns);
  await addSumsInto({ cross }, rows, { source: source.mean, target: target.mean }, options);
  return Object.freeze({ count: source.count, source, target, cross, identities: source.identities });
}

/** The same pairs with the roles changed. Reversing twice gives the same object. */
export function reverseMoments(moments: Moments): Moments {
  const known = reverses.get(moments);
  if (known !== undefined) return known;
  const reversed: Moments = Object.freeze({
    ...moments,
    source: moments.target,
    target: moments.source,
    cross: transpose(moments.cross),
  });
  reverses.set(moments, reversed);
  reverses.set(reversed, moments);
  return reversed;
}

/** The reverse, when somebody asked for it before. */
export function knownReverse(moments: Moments): Moments | undefined {
  return reverses.get(moments);
}

function checkPaired(source: Matrix32, target: Matrix32, caller: string): void {
  if (source.rows !== target.rows) {
    throw new ShapeError(
      `${caller}: got ${source.rows} source rows and ${target.rows} target rows; row i of both must come from the same image`,
    );
  }
}

function checkRowsOf(cloud: CloudMoments, rows: Matrix32, side: string): void {
  if (cloud.count !== rows.rows || cloud.mean.length !== rows.columns) {
    throw new ShapeError(
      `pairClouds: the ${side} cloud has ${cloud.count} × ${cloud.mean.length} values and its rows ${rows.rows} × ${rows.columns}; pass the rows it was computed from`,
    );
  }
}

function sameNames(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left === right || (left.size === right.size && [...left].every((name) => right.has(name)));
}
