/**
 * P(Z > z) of the standard normal, z ≥ 0, to about 14 digits.
 *
 * Near zero 1/2 − φ(z) Σ z^(2k+1)/(1·3·…·(2k+1)), whose terms are all positive; farther out Laplace's continued fraction.
 *
 * @see Abramowitz, Stegun 1964, 26.2.11 and 26.2.14
 */
export function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let odd = 3; term > sum * 1e-17; odd += 2) sum += term *= (z * z) / odd;
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let level = 150; level >= 1; level--) fraction = z + level / fraction;
  return density / fraction;
}
