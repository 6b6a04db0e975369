/** So that a count that rounding left just under a whole number, as in 0.29 · 100, still is that number. */
const roundingShare = 1e-12;

/** The false matches that a false match rate below 1 allows in `count` non-mated comparisons: floor(fmr · count), fewer than all. */
export function allowedMatches(fmr: number, count: number): number {
  return Math.min(count - 1, Math.floor(fmr * count * (1 + roundingShare)));
}
