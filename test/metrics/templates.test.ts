import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { makeTemplates } from "../../lib/metrics/templates.js";
import { expectClose, rounding32 } from "../close.js";

const rows = matrix32(5, 2, Float32Array.of(3, 0, 0, 1, 0, 2, 4, 0, 5, 0));
const identities = ["a", "b", "a", "a", "c"];

describe("makeTemplates", () => {
  it("enrols the first image of each identity, and leaves the others as probes", () => {
    const made = makeTemplates(rows, identities);
    expect(made.identities).toEqual(["a", "b", "c"]);
    expect(made.members).toEqual([[0], [1], [4]]);
    expect([...made.rows.data]).toEqual([1, 0, 0, 1, 1, 0]);
    expect([...made.others]).toEqual([2, 3]);
  });

  it("takes the mean of k normalised images, or of as many as there are: long rows weigh no more", () => {
    const made = makeTemplates(rows, identities, { imageCount: 2 });
    expect(made.members).toEqual([[0, 2], [1], [4]]);
    expectClose(made.rows.data.slice(0, 2), [0.5, 0.5], rounding32);
    expect([...made.others]).toEqual([3]);
  });

  it("takes all images together, or each for itself", () => {
    const mean = makeTemplates(rows, identities, { imageCount: "all" });
    expectClose(mean.rows.data.slice(0, 2), [2 / 3, 1 / 3], rounding32);
    const each = makeTemplates(rows, identities, { imageCount: "all", combine: "separate" });
    expect(each.identities).toEqual(["a", "a", "a", "b", "c"]);
    expect(each.members).toEqual([[0], [2], [3], [1], [4]]);
    expect(each.others.length).toBe(0);
  });

  it("draws images by the seed", () => {
    const many = matrix32(40, 1, new Float32Array(40).fill(1));
    const names = Array.from({ length: 40 }, (_, i) => `p${i % 4}`);
    const make = (seed: number): unknown => makeTemplates(many, names, { imageCount: 3, random: createRandom(seed) }).members;
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
  });

  it("refuses other counts of names, and images that are no count", () => {
    expect(() => makeTemplates(rows, ["a"])).toThrow("makeTemplates: got 1 identities for 5 rows; give one for each row");
    expect(() => makeTemplates(rows, identities, { imageCount: 0 })).toThrow(
      'makeTemplates: got 0 images; it must be a whole number from 1 on, or "all"',
    );
    expect(() => makeTemplates(matrix32(0, 2), [])).toThrow("makeTemplates: rows is empty; it needs at least one row");
  });
});
