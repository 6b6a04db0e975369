import { describe, expect, it } from "vitest";
import { createRandom, permutation } from "../../lib/core/random.js";

const draws = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.normal());
};

describe("createRandom", () => {
  it("gives the stream of its seed again, and another for another seed", () => {
    expect(draws(3, 20)).toEqual(draws(3, 20));
    expect(draws(3, 20)).not.toEqual(draws(4, 20));
  });

  it("gives unrelated streams for neighbouring seeds, from the first draw on", () => {
    const firsts = Array.from({ length: 2000 }, (_, seed) => createRandom(seed).uniform());
    const lagged = firsts.slice(1).map((value, i) => (value - 0.5) * (firsts[i] - 0.5));
    // Of independent uniforms the mean of these products is 0 with a standard error of 1/12/√1999.
    expect(Math.abs(lagged.reduce((sum, value) => sum + value, 0) / lagged.length)).toBeLessThan(4 / 12 / Math.sqrt(1999));
    for (let k = 1; k < 10; k++) {
      const share = firsts.filter((value) => value < k / 10).length / firsts.length;
      expect(Math.abs(share - k / 10)).toBeLessThan(4 * Math.sqrt(((k / 10) * (1 - k / 10)) / firsts.length));
    }
  });

  it("refuses seeds that are no whole numbers of 32 bits, and counts without a number to draw", () => {
    for (const seed of [0.5, NaN, 2 ** 32]) {
      expect(() => createRandom(seed)).toThrow(`createRandom: got the seed ${seed}; give a whole number of 32 bits`);
    }
    expect(() => createRandom(0).integer(0)).toThrow("integer: got the count 0; there must be at least one number to draw from");
  });

  it("draws normals of mean 0 and variance 1", () => {
    const values = draws(1, 20_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(20_000));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 20_000));
  });
});

describe("permutation", () => {
  it("holds every number once, in another order for another seed", () => {
    expect([...permutation(100, createRandom(5))].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(permutation(100, createRandom(5))).not.toEqual(permutation(100, createRandom(6)));
  });
});
