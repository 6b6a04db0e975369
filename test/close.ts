import { expect } from "vitest";

/** How far a value may be from what is expected, and why it may be that far. */
export interface Tolerance {
  readonly reason: string;
  readonly absolute: number;
  readonly relative: number;
  /** What `relative` multiplies: each expected entry, or the largest of them. */
  readonly of: "entry" | "largest";
  /** The least cosine between the two sides; checked when present. */
  readonly cosine?: number;
}

/** Indices, splits, hashes, random streams. */
export const exact: Tolerance = { reason: "exact", absolute: 0, relative: 0, of: "entry" };

/** Sums and products of float64 numbers in another order. */
export const algebra: Tolerance = { reason: "algebra", absolute: 1e-12, relative: 1e-10, of: "entry" };

/** The solution of a problem with condition number `kappa`, against the largest entry of the solution. */
export function conditioned(kappa: number): Tolerance {
  return { reason: `conditioned(${kappa})`, absolute: 1e-14, relative: 1e-14 * kappa, of: "largest" };
}

/** The same number rounded to float32 after sums in another order, against the largest entry. */
export const rounding32: Tolerance = { reason: "rounding32", absolute: 0, relative: 2 ** -22, of: "largest" };

/** Errors of left-out rows, which are scanned in float32: known to this share of themselves. */
export const scanned: Tolerance = { reason: "scanned", absolute: 0, relative: 2e-6, of: "entry" };

/** Unit rows from a float32 network on another runtime. */
export const encoder32: Tolerance = { reason: "encoder32", absolute: 1e-4, relative: 0, of: "entry", cosine: 0.9999 };

/** The mean of `count` independent draws of unit variance: five standard errors. */
export function sampled(count: number): Tolerance {
  return { reason: `sampled(${count})`, absolute: 5 / Math.sqrt(count), relative: 0, of: "entry" };
}

/** Whether one value is within `tolerance`: NaN equals nothing, an infinity only itself. */
export function isClose(actual: number, expected: number, tolerance: Tolerance, largest: number = Math.abs(expected)): boolean {
  if (actual === expected) return true;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  const scale = tolerance.of === "entry" ? Math.abs(expected) : largest;
  return Math.abs(actual - expected) <= tolerance.absolute + tolerance.relative * scale;
}

/** Every entry of `actual` is within `tolerance` of the same entry of `expected`; the message names the worst one. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance): void {
  expect(actual.length, "number of entries").toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  let worst = -1;
  for (let i = 0; i < expected.length; i++) {
    if (isClose(actual[i], expected[i], tolerance, largest)) continue;
    if (worst < 0 || !(Math.abs(actual[i] - expected[i]) <= Math.abs(actual[worst] - expected[worst]))) worst = i;
  }
  if (worst >= 0) {
    expect.fail(`entry ${worst} of ${expected.length} is ${actual[worst]}, expected ${expected[worst]} (tolerance: ${tolerance.reason})`);
  }
  if (tolerance.cosine !== undefined) expect(cosine(actual, expected), "cosine").toBeGreaterThanOrEqual(tolerance.cosine);
}

/** One value is within `tolerance` of what is expected. */
export function expectCloseTo(actual: number, expected: number, tolerance: Tolerance): void {
  expectClose([actual], [expected], tolerance);
}

function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let dot = 0;
  let leftEnergy = 0;
  let rightEnergy = 0;
  for (let i = 0; i < left.length; i++) {
    dot += left[i] * right[i];
    leftEnergy += left[i] * left[i];
    rightEnergy += right[i] * right[i];
  }
  return dot / Math.sqrt(leftEnergy * rightEnergy);
}
