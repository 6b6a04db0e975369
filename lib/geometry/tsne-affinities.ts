import { ValueError } from "../core/errors.js";
import type { Neighbours } from "./neighbours.js";

/** A sparse symmetric n × n matrix: row i has `values[k]` at column `columns[k]` for k from `starts[i]` to `starts[i + 1]` − 1. */
export interface Affinities {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  /** Sum to 1 over all rows. */
  readonly values: Float64Array;
}

/**
 * Joint probabilities of t-SNE: pⱼ|ᵢ ∝ exp(−βᵢ dᵢⱼ²) over the nearest rows of i, with βᵢ such that the distribution has the wanted
 * perplexity, and pᵢⱼ = (pⱼ|ᵢ + pᵢ|ⱼ) / 2n.
 *
 * @param nearest by Euclidean distance.
 * @param perplexity below the number of neighbours.
 * @throws ValueError when it is not, or is below 1.
 * @see van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms", JMLR 15, section 3.1
 */
export function jointAffinities(nearest: Neighbours, perplexity: number): Affinities {
  const { count, values: distances } = nearest;
  if (!(perplexity >= 1 && perplexity < count)) {
    throw new ValueError(
      `jointAffinities: got a perplexity of ${perplexity} with ${count} neighbours; it must be at least 1 and below their number`,
    );
  }
  const squares = distances.map((distance) => distance * distance);
  const conditional = new Float64Array(squares.length);
  for (let first = 0; first < squares.length; first += count) {
    sharesInto(conditional.subarray(first, first + count), squares.subarray(first, first + count), perplexity);
  }
  return symmetrised(nearest, conditional);
}

/**
 * Fill `shares` with exp(−β d²) / Σ exp(−β d²) whose entropy is log(perplexity): a monotone search, by halving. Where so many rows are
 * equally near that no β reaches the perplexity, the largest β is taken, and the shares are even among them.
 */
function sharesInto(shares: Float64Array, squares: Float64Array, perplexity: number): void {
  const wanted = Math.log(perplexity);
  const nearest = squares[0];
  let mean = 0;
  for (const square of squares) mean += (square - nearest) / squares.length;
  let [low, high, beta] = [0, Infinity, mean > 0 ? 1 / mean : 1];
  for (let step = 0; step < 200; step++) {
    let sum = 0;
    let weighted = 0;
    for (let k = 0; k < squares.length; k++) {
      const excess = squares[k] - nearest;
      shares[k] = Math.exp(-beta * excess);
      sum += shares[k];
      weighted += shares[k] * excess;
    }
    for (let k = 0; k < squares.length; k++) shares[k] /= sum;
    const surplus = Math.log(sum) + (beta * weighted) / sum - wanted;
    if (Math.abs(surplus) < 1e-12) return;
    if (surplus > 0) {
      low = beta;
      beta = high === Infinity ? beta * 2 : (low + high) / 2;
    } else {
      high = beta;
      beta = (low + high) / 2;
    }
    if (beta > 1e300 || beta === low || beta === high) return;
  }
}

function symmetrised({ count, indices }: Neighbours, conditional: Float64Array): Affinities {
  const rows = indices.length / count;
  const lengths = new Int32Array(rows);
  const isMutual = (i: number, j: number): boolean => placeOf(indices, j * count, count, i) >= 0;
  for (let i = 0; i < rows; i++) {
    for (let k = i * count; k < (i + 1) * count; k++) {
      lengths[i]++;
      if (!isMutual(i, indices[k])) lengths[indices[k]]++;
    }
  }
  const starts = new Int32Array(rows + 1);
  for (let i = 0; i < rows; i++) starts[i + 1] = starts[i] + lengths[i];
  const columns = new Int32Array(starts[rows]);
  const values = new Float64Array(starts[rows]);
  const ends = starts.slice(0, rows);
  const put = (i: number, j: number, value: number): void => {
    columns[ends[i]] = j;
    values[ends[i]++] = value / (2 * rows);
  };
  for (let i = 0; i < rows; i++) {
    for (let k = i * count; k < (i + 1) * count; k++) {
      const j = indices[k];
      const back = placeOf(indices, j * count, count, i);
      put(i, j, conditional[k] + (back < 0 ? 0 : conditional[back]));
      if (back < 0) put(j, i, conditional[k]);
    }
  }
  return { starts, columns, values };
}

/** Where `wanted` is among `count` entries from `first` on, or −1. */
function placeOf(list: Int32Array, first: number, count: number, wanted: number): number {
  for (let k = first; k < first + count; k++) if (list[k] === wanted) return k;
  return -1;
}
