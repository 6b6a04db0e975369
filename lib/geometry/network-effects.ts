import { ValueError } from "../core/errors.js";
import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { Compatibility } from "./compatibility.js";

/** S_AB = mean + source_A + target_B + rest_AB over the pairs A ≠ B. */
export interface NetworkEffects {
  readonly networks: readonly string[];
  readonly mean: number;
  /** Sum to zero. */
  readonly source: Float64Array;
  /** Sum to zero. */
  readonly target: Float64Array;
  /** M × M; the diagonal is zero and stands for nothing. */
  readonly rest: Matrix64;
  /**
   * Shares of Σ (S − mean)²; they sum to 1. The effects are not quite at right angles because no network is paired with itself, so each is
   * given the mean of what it explains alone and after the other.
   */
  readonly shares: { readonly source: number; readonly target: number; readonly rest: number };
}

/**
 * Does it matter more where probes come from or where they go? Least squares of a source and a target effect on all ordered pairs.
 *
 * With networks few, shares are coarse: M sources and M targets take 2M − 1 of the M(M − 1) numbers, so even noise gives them
 * (2M − 2) / (M² − M − 1) of the variance on average.
 *
 * @throws ValueError when there are fewer than three networks, or all values are equal.
 * @see Kruskal 1987, doi:10.1080/00031305.1987.10475432, for the averaged shares
 */
export function fitNetworkEffects({ networks, metric, values }: Compatibility): NetworkEffects {
  const count = networks.length;
  if (count < 3) throw new ValueError(`fitNetworkEffects: got ${count} networks; source and target can be told apart from three on`);
  const { data } = values;
  const pairs = count * (count - 1);
  const rows = new Float64Array(count);
  const columns = new Float64Array(count);
  data.forEach((value, k) => {
    rows[Math.floor(k / count)] += value / (count - 1); // the diagonal is zero
    columns[k % count] += value / (count - 1);
  });
  const mean = rows.reduce((sum, value) => sum + value, 0) / count;
  // A row's mean lacks the network's own column: r_A = source_A − target_A / (M − 1), and columns likewise.
  const other = 1 / (count - 1);
  const effect = (own: number, across: number): number => (own - mean + other * (across - mean)) / (1 - other * other);
  const source = rows.map((value, i) => effect(value, columns[i]));
  const target = columns.map((value, i) => effect(value, rows[i]));

  const rest = matrix64(count, count);
  let [total, left] = [0, 0];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const value = data[i * count + j] - mean;
      rest.data[i * count + j] = value - source[i] - target[j];
      total += value ** 2;
      left += rest.data[i * count + j] ** 2;
    }
  }
  if (!(total > 1e-24 * pairs * mean * mean)) {
    throw new ValueError(`fitNetworkEffects: all values of ${metric} are ${mean}; there is no variance to divide`);
  }
  const alone = (means: Float64Array): number => means.reduce((sum, value) => sum + (count - 1) * (value - mean) ** 2, 0);
  const both = total - left;
  const shareOf = (own: number, across: number): number => (own + both - across) / 2 / total;
  const [sourceAlone, targetAlone] = [alone(rows), alone(columns)];
  return {
    networks,
    mean,
    source,
    target,
    rest,
    shares: { source: shareOf(sourceAlone, targetAlone), target: shareOf(targetAlone, sourceAlone), rest: left / total },
  };
}
