import { describe, expect, it } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { contributionDegrees, studentInterval, wilsonInterval } from "../../lib/metrics/intervals.js";
import { jackknifeInterval } from "../../lib/metrics/jackknife-interval.js";
import { algebra, expectClose } from "../close.js";

const logit = (share: number): number => Math.log(share / (1 - share));
const expit = (value: number): number => 1 / (1 + Math.exp(-value));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of values and what each contributes to it. */
function meanOf(values: readonly number[]): { share: number; contributions: Float64Array } {
  const share = mean(values);
  return { share, contributions: Float64Array.from(values, (value) => (value - share) / values.length) };
}

/** By leaving out each value and taking the mean of the others, held within `[low, high]`. */
function byLeavingOut(values: readonly number[], low = 0, high = 1): number[] {
  const count = values.length;
  const whole = logit(mean(values));
  const without = values.map((_, i) => logit(Math.min(high, Math.max(low, mean(values.filter((_, j) => j !== i))))));
  const pseudo = without.map((value) => count * whole - (count - 1) * value);
  const centre = mean(pseudo);
  const variance = mean(pseudo.map((value) => (value - centre) ** 2)) / (count - 1);
  const degrees = contributionDegrees(Float64Array.from(without, (value) => value - mean(without)));
  const interval = studentInterval(centre, Math.sqrt(variance + (centre - whole) ** 2), degrees);
  return [expit(interval.low), expit(interval.high)];
}

describe("jackknifeInterval", () => {
  it("is that of pseudo-values on the logit scale, with their bias in the error", () => {
    const values = [0.9, 0.8, 0.97, 0.7, 0.99, 0.93, 0.88];
    const { share, contributions } = meanOf(values);
    const { low, high } = jackknifeInterval(share, contributions);
    expectClose([low, high], byLeavingOut(values), algebra);
  });

  it("lets nobody take away more than half of what is missing to 1", () => {
    const values = [1, 1, 1, 1, 0.96, 1, 0.9999, 1];
    const { share, contributions } = meanOf(values);
    const { low, high } = jackknifeInterval(share, contributions);
    expectClose([low, high], byLeavingOut(values, share / 2, (1 + share) / 2), algebra);
    expect(low).toBeGreaterThan(byLeavingOut(values)[0]);
  });

  it("is mirrored when hits and misses change places", () => {
    const { share, contributions } = meanOf([0.9, 0.5, 0.97, 1, 0.99, 0.93]);
    const interval = jackknifeInterval(share, contributions);
    const mirrored = jackknifeInterval(
      1 - share,
      contributions.map((part) => -part),
    );
    expectClose([mirrored.low, mirrored.high], [1 - interval.high, 1 - interval.low], algebra);
  });

  it("holds a rate of which a few subjects make most about as often as it says", () => {
    // Errors by subject are log-normal: the mean of 40 hangs on the largest.
    const truth = 1 - Math.exp(-6 + 0.5);
    const runs = 500;
    let held = 0;
    for (let seed = 0; seed < runs; seed++) {
      const random = createRandom(seed);
      const { share, contributions } = meanOf(Array.from({ length: 40 }, () => 1 - Math.exp(-6 + random.normal())));
      const { low, high } = jackknifeInterval(share, contributions);
      if (low <= truth && truth <= high) held++;
    }
    // 95 % within five standard errors of a share seen in 500 runs.
    expect(held / runs).toBeGreaterThan(0.9);
  });

  it.each([0, 0.4, 1])("is Wilson's of as many trials as subjects where all contribute alike to a share of %d", (share) => {
    expect(jackknifeInterval(share, new Float64Array(7))).toEqual(wilsonInterval(share, 7));
  });
});
