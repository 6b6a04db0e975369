/** Eigenvalues of diag(poles) + weight · z zᵀ. */
export interface SecularRoots {
  /** Ascending, each right of the pole of its index. */
  readonly roots: Float64Array;
  /** count × count; entry (j, i) is `poles[i] − roots[j]` to full relative accuracy. */
  readonly gaps: Float64Array;
}

const iterationLimit = 100;

/**
 * Solve 1 + weight · Σ z_i² / (pole_i − λ) = 0 for every λ.
 *
 * Each root is sought as a distance from its nearest pole, by rational interpolation through the two poles beside it, and by halving
 * the bracket where that leaves it.
 *
 * @param poles strictly ascending.
 * @param z no entry is zero.
 * @param weight positive.
 * @see Li 1994, LAPACK working note 89 (the middle way)
 */
export function solveSecular(poles: Float64Array, z: Float64Array, weight: number): SecularRoots {
  const count = poles.length;
  const roots = new Float64Array(count);
  const gaps = new Float64Array(count * count);
  const weights = z.map((value) => weight * value * value);
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i];

  for (let j = 0; j < count; j++) {
    const isLast = j === count - 1;
    const width = isLast ? total : poles[j + 1] - poles[j];
    const nearLeft = isLast || valueAt(weights, poles, poles[j], width / 2) >= 0;
    const origin = nearLeft ? poles[j] : poles[j + 1];
    const [low, high] = nearLeft ? [0, isLast ? width : width / 2] : [-width / 2, 0];
    const distance = findRoot(weights, poles, { index: j, origin, low, high });
    roots[j] = origin + distance;
    for (let i = 0; i < count; i++) gaps[j * count + i] = poles[i] - origin - distance;
  }
  return { roots, gaps };
}

function valueAt(weights: Float64Array, poles: Float64Array, origin: number, distance: number): number {
  let value = 1;
  for (let i = 0; i < poles.length; i++) value += weights[i] / (poles[i] - origin - distance);
  return value;
}

interface Bracket {
  /** The root lies right of this pole. */
  readonly index: number;
  readonly origin: number;
  readonly low: number;
  readonly high: number;
}

function findRoot(weights: Float64Array, poles: Float64Array, { index, origin, low, high }: Bracket): number {
  const count = poles.length;
  const isLast = index === count - 1;
  let at = (low + high) / 2;
  for (let iteration = 0; iteration < iterationLimit; iteration++) {
    let left = 0;
    let leftSlope = 0;
    let right = 0;
    let rightSlope = 0;
    for (let i = 0; i <= index; i++) {
      const gap = poles[i] - origin - at;
      const term = weights[i] / gap;
      left += term;
      leftSlope += term / gap;
    }
    for (let i = index + 1; i < count; i++) {
      const gap = poles[i] - origin - at;
      const term = weights[i] / gap;
      right += term;
      rightSlope += term / gap;
    }
    const value = 1 + left + right;
    if (Math.abs(value) <= 2 * Number.EPSILON * (1 - left + right)) break;
    if (value < 0) low = at;
    else high = at;
    const here = poles[index] - origin - at;
    const step = isLast
      ? onePoleStep(value, leftSlope, here)
      : twoPoleStep(value, leftSlope, rightSlope, here, poles[index + 1] - origin - at);
    const next = at + step;
    const chosen = next > low && next < high ? next : (low + high) / 2;
    if (chosen === at || chosen <= low || chosen >= high) break;
    at = chosen;
  }
  return at;
}

function onePoleStep(value: number, slope: number, gap: number): number {
  return gap + (gap * gap * slope) / (value - gap * slope);
}

function twoPoleStep(value: number, leftSlope: number, rightSlope: number, leftGap: number, rightGap: number): number {
  const a = (leftGap + rightGap) * value - leftGap * rightGap * (leftSlope + rightSlope);
  const b = leftGap * rightGap * value;
  const c = value - leftGap * leftSlope - rightGap * rightSlope;
  const root = Math.sqrt(Math.max(0, a * a - 4 * b * c));
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}
