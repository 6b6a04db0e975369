import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectSmallest } from "../../lib/metrics/select.js";

describe("selectSmallest", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(-Infinity), fc.float({ noNaN: true }));

  it("finds what sorting finds, at every place, and leaves its argument", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (list) => {
        const values = Float32Array.from(list);
        const sorted = values.slice().sort();
        sorted.forEach((expected, below) => {
          expect(selectSmallest(values, below) === expected).toBe(true);
        });
        expect(values).toEqual(Float32Array.from(list));
      }),
    );
  });

  it.each([
    ["equal values", (): number => 1],
    ["values in order", (i: number): number => i],
    ["values against the order", (i: number): number => -i],
  ])("is done with a hundred thousand %s at once", (_, make) => {
    const values = Float32Array.from({ length: 100_000 }, (__, i) => make(i));
    expect(selectSmallest(values, 99_000)).toBe(values.slice().sort()[99_000]);
  });
});
