import { ShapeError, ValueError } from "../core/errors.js";
import { matrix32, matrix64, takeRows, toFloat32, toFloat64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import { addInto } from "../linalg/add-into.js";
import { keepLargestInto } from "../linalg/keep-largest.js";
import { firstColumns } from "../linalg/singular-directions.js";
import { computeCloud, type MomentsOptions } from "./cloud.js";
import { liveDirections } from "./live-directions.js";
import type { AlignmentMap } from "./map.js";
import { computeMoments } from "./moments.js";
import { fitProcrustes } from "./procrustes.js";
import { lessMean, normaliseRows } from "./rows.js";

/** Rows of two networks of which nobody says which belongs to which. */
export interface UnpairedRows {
  /** n × p. */
  readonly source: Matrix32;
  /** n × q. */
  readonly target: Matrix32;
  /** The name of each row's identity: not used, but for the map to know whom it has seen. */
  readonly sourceIdentities: readonly string[];
  readonly targetIdentities: readonly string[];
}

export interface UnpairedOptions extends MomentsOptions {
  /** Principal directions of each cloud that rows are matched in; the map is of all directions. @defaultValue 64, or as many as there are */
  readonly dimension?: number;
  /** Of each row's hubness. @defaultValue 10 */
  readonly neighbourCount?: number;
  /** @defaultValue 50 */
  readonly mostRounds?: number;
}

export interface UnpairedFit {
  readonly map: AlignmentMap;
  /** Rows that chose each other in the end: source row i stands for target row `target[i]`. */
  readonly pairs: { readonly source: Int32Array; readonly target: Int32Array };
  readonly roundCount: number;
  /** Mean cosine of matched rows to their nearest, both ways: how well the clouds lie on each other, rightly or wrongly. */
  readonly agreement: number;
}

/**
 * Find a rotation between two clouds without any pairs.
 *
 * Each row is first described by its similarities to all rows of its own network, sorted, which no rotation changes: the square root of the
 * centred Gram between rows. Rows with similar descriptions are a first dictionary. Then Procrustes on the dictionary and the
 * dictionary of nearest rows by CSLS, both ways, take turns until rows have come no nearer for three rounds. Last, Procrustes on the rows that choose each other.
 *
 * Nothing is random. It presumes that both clouds have one shape, as two networks' clouds of the same images do; where they have not, it
 * still returns a map, and a good agreement in a space of so many dimensions does not tell that it is right.
 *
 * @throws ShapeError when source and target differ in rows, or rows and identities; ValueError when there are too few rows for the
 * neighbours, a row has no direction, or no two rows choose each other.
 * @see Artetxe, Labaka, Agirre 2018, arXiv:1805.06297, without its random dropout; Conneau et al. 2018, arXiv:1710.04087, for CSLS
 */
export async function fitUnpaired(
  { source, target, sourceIdentities, targetIdentities }: UnpairedRows,
  { dimension = 64, neighbourCount = 10, mostRounds = 50, engine, signal }: UnpairedOptions,
): Promise<UnpairedFit> {
  if (source.rows !== target.rows) {
    throw new ShapeError(`fitUnpaired: got ${source.rows} source rows and ${target.rows} target rows; take as many of both networks`);
  }
  if (!(source.rows > neighbourCount && neighbourCount >= 1 && dimension >= 1)) {
    throw new ValueError(
      `fitUnpaired: got ${source.rows} rows, ${neighbourCount} neighbours and ${dimension} directions; it needs more rows than neighbours, and at least one of each`,
    );
  }
  const options = { engine, signal };
  const [from, to] = [await prepareCloud(source, sourceIdentities, dimension, options), await prepareCloud(target, targetIdentities, dimension, options)]; // prettier-ignore
  let similarities = await engine.product(from.description, to.description, { transposeRight: true, signal });
  let matches = matchRows(similarities, neighbourCount);
  let agreement = -Infinity;
  let roundCount = 0;
  for (let idle = 0; idle < patience && roundCount < mostRounds;) {
    signal?.throwIfAborted();
    const weights = await turn(from.principal, to.principal, matches, options);
    const mapped = normaliseRows(await engine.product(from.principal, toFloat32(weights), { signal }));
    similarities = await engine.product(mapped, to.principal, { transposeRight: true, signal });
    matches = matchRows(similarities, neighbourCount);
    roundCount++;
    idle = matches.agreement > agreement + 1e-6 ? 0 : idle + 1;
    agreement = Math.max(agreement, matches.agreement);
  }
  const chosen = Int32Array.from(matches.forward.keys()).filter((i) => matches.backward[matches.forward[i]] === i);
  if (chosen.length < 2) throw new ValueError(`fitUnpaired: ${chosen.length} of ${source.rows} rows chose each other; take more rows`);
  const pairs = { source: chosen, target: chosen.map((i) => matches.forward[i]) };
  const names = Array.from(chosen, (i) => sourceIdentities[i]);
  const map = await fitProcrustes(await computeMoments(takeRows(source, pairs.source), takeRows(target, pairs.target), names, options), options); // prettier-ignore
  const identities = Object.freeze([...new Set([...sourceIdentities, ...targetIdentities])].sort());
  return {
    map: Object.freeze({ ...map, name: "unpaired", identities, objective: `${map.objective}, on pairs that were found without any` }),
    pairs,
    roundCount,
    agreement: matches.agreement,
  };
}

/** Rounds without gain after which the search ends. */
const patience = 3;

interface UnpairedCloud {
  /** Unit rows in the first principal directions. */
  readonly principal: Matrix32;
  /** n × n: of each row its sorted similarities to all rows, about their means and of unit length. */
  readonly description: Matrix32;
}

async function prepareCloud(
  rows: Matrix32,
  identities: readonly string[],
  dimension: number,
  options: MomentsOptions,
): Promise<UnpairedCloud> {
  const { engine, signal } = options;
  const cloud = await computeCloud(rows, identities, options);
  const unit = normaliseRows(lessMean(rows, cloud.mean));
  const { values, vectors, rank } = await liveDirections(await computeCloud(unit, identities, options), options);
  const along = await engine.product(toFloat64(unit), firstColumns(vectors, rank), { signal });
  const root = matrix32(along.rows, rank);
  const roots = values.map((value) => Math.sqrt(Math.sqrt(value)));
  for (let k = 0; k < root.data.length; k++) root.data[k] = along.data[k] / roots[k % rank];
  const gram = await engine.product(root, root, { transposeRight: true, signal });
  const means = new Float64Array(gram.columns);
  for (let i = 0; i < gram.rows; i++) {
    const sorted = gram.data.subarray(i * gram.columns, (i + 1) * gram.columns).sort();
    for (let j = 0; j < sorted.length; j++) means[j] += sorted[j] / gram.rows;
  }
  const principal = toFloat32(firstColumns(along, Math.min(dimension, rank)));
  return { principal: normaliseRows(principal), description: normaliseRows(lessMean(gram, means)) };
}

interface Matches {
  /** Of each source row the target row that is nearest by CSLS, and the reverse. */
  readonly forward: Int32Array;
  readonly backward: Int32Array;
  readonly agreement: number;
}

/** Nearest rows both ways. 2 cos(x, y) − r(y) has the order of CSLS among the y of one x. */
function matchRows(similarities: Matrix32, neighbourCount: number): Matches {
  const { rows, columns, data } = similarities;
  const near = nearestOf(similarities, neighbourCount);
  const [rowHubness, columnHubness] = [meansOf(near.rows, neighbourCount), meansOf(near.columns, neighbourCount)];
  const forward = new Int32Array(rows);
  const backward = new Int32Array(columns);
  const bestBackward = new Float64Array(columns).fill(-Infinity);
  for (let i = 0, k = 0; i < rows; i++) {
    const hubness = rowHubness[i];
    let bestForward = -Infinity;
    for (let j = 0; j < columns; j++, k++) {
      const twice = 2 * data[k];
      if (twice - columnHubness[j] > bestForward) {
        bestForward = twice - columnHubness[j];
        forward[i] = j;
      }
      if (twice - hubness > bestBackward[j]) {
        bestBackward[j] = twice - hubness;
        backward[j] = i;
      }
    }
  }
  const nearest = (kept: Float64Array): number => {
    let sum = 0;
    for (let last = neighbourCount - 1; last < kept.length; last += neighbourCount) sum += kept[last];
    return sum / (kept.length / neighbourCount);
  };
  return { forward, backward, agreement: (nearest(near.rows) + nearest(near.columns)) / 2 };
}

/** The `count` largest similarities of each row and of each column, ascending, one after another. */
function nearestOf({ rows, columns, data }: Matrix32, count: number): { readonly rows: Float64Array; readonly columns: Float64Array } {
  const [ofRows, ofColumns] = [rows, columns].map((lines) => new Float64Array(lines * count).fill(-Infinity));
  const leastOfColumns = new Float64Array(columns).fill(-Infinity); // side by side: most similarities are below
  for (let i = 0, k = 0; i < rows; i++) {
    const row = i * count;
    let leastOfRow = -Infinity;
    for (let j = 0; j < columns; j++, k++) {
      const similarity = data[k];
      if (similarity > leastOfRow) {
        keepLargestInto(ofRows, similarity, row, row + count);
        leastOfRow = ofRows[row];
      }
      if (similarity > leastOfColumns[j]) {
        keepLargestInto(ofColumns, similarity, j * count, j * count + count);
        leastOfColumns[j] = ofColumns[j * count];
      }
    }
  }
  return { rows: ofRows, columns: ofColumns };
}

/** Of each `count` values. */
function meansOf(values: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: values.length / count }, (_, i) => {
    return values.subarray(i * count, (i + 1) * count).reduce((sum, value) => sum + value, 0) / count;
  });
}

/** The rotation that brings every row nearest to its match, both ways. */
async function turn(
  source: Matrix32,
  target: Matrix32,
  { forward, backward }: Matches,
  { engine, signal }: MomentsOptions,
): Promise<Matrix64> {
  const cross = matrix64(source.columns, target.columns);
  const pairsOf = [[source, takeRows(target, forward)], [takeRows(source, backward), target]]; // prettier-ignore
  for (const [left, right] of pairsOf) {
    const part = await engine.product(toFloat64(left), toFloat64(right), { transposeLeft: true, signal });
    addInto(cross.data, part.data);
  }
  return (await engine.polar(cross, { signal })).factor;
}
