import { ValueError } from "../core/errors.js";
import { permutation, type Random } from "../core/random.js";

export interface PermutationOptions {
  readonly random: Random;
  /** How many orders of the labels are drawn at random; where there are no more than that, all are taken. @defaultValue 9999 */
  readonly permutations?: number;
}

/** A statistic beside its values when labels are exchanged. */
export interface PermutationTest {
  readonly statistic: number;
  /** Share of orders whose value is at least as extreme, the given order among them: never 0. */
  readonly p: number;
  /** Orders looked at, the given one among them. */
  readonly permutationCount: number;
  /** Whether these are all orders; `p` is then exact, and not below 1 / permutationCount. */
  readonly isExact: boolean;
}

/**
 * Test a statistic of labelled items by exchanging labels: how often is it at least as large under another order of the labels?
 *
 * @param statistic of an order: item i then has the label that item `order[i]` had. Larger is more extreme.
 * @throws ValueError when fewer than one permutation is asked for.
 */
export function permuteLabels(
  count: number,
  statistic: (order: Int32Array) => number,
  { random, permutations = 9999 }: PermutationOptions,
): PermutationTest {
  if (!(Number.isInteger(permutations) && permutations >= 1)) {
    throw new ValueError(`permuteLabels: got ${permutations} permutations; give a whole number from 1 on`);
  }
  const observed = statistic(Int32Array.from({ length: count }, (_, i) => i));
  const least = observed - 1e-12 * Math.max(1, Math.abs(observed)); // equal but for the order of sums
  const isExact = factorialWithin(count, permutations);
  let [extreme, total] = [0, 0];
  const look = (order: Int32Array): void => {
    total++;
    if (statistic(order) >= least) extreme++;
  };
  if (isExact) {
    for (const order of allOrders(count)) look(order);
  } else {
    [extreme, total] = [1, 1];
    for (let draw = 0; draw < permutations; draw++) look(permutation(count, random));
  }
  return { statistic: observed, p: extreme / total, permutationCount: total, isExact };
}

/** Whether there are at most `limit` orders of so many items. */
function factorialWithin(count: number, limit: number): boolean {
  let orders = 1;
  for (let k = 2; k <= count && orders <= limit; k++) orders *= k;
  return orders <= limit;
}

/** Every order of 0 … count − 1, the given one first (Heap's method); one array is reused. */
function* allOrders(count: number): Generator<Int32Array> {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const turns = new Int32Array(count);
  yield order;
  for (let k = 1; k < count;) {
    if (turns[k] < k) {
      const other = k % 2 === 0 ? 0 : turns[k];
      const moved = order[k];
      order[k] = order[other];
      order[other] = moved;
      yield order;
      turns[k]++;
      k = 1;
    } else turns[k++] = 0;
  }
}
