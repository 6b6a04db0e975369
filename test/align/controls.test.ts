import { describe, expect, it } from "vitest";
import { controlPairs } from "../../lib/align/index.js";
import { ValueError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";

const identities = ["a", "a", "a", "b", "b", "c", "c", "c", "c", "d", "d"];
const whose = (row: number): string => identities[row];

describe("controlPairs", () => {
  it.each([1, 2, 3])("shuffles rows: each once, in an order that the seed draws (seed %i)", (seed) => {
    const pairs = controlPairs(identities, "shuffled", createRandom(seed));
    expect([...pairs].sort((one, other) => one - other)).toEqual(identities.map((_, row) => row));
    expect(pairs).toEqual(controlPairs(identities, "shuffled", createRandom(seed)));
    expect(pairs).not.toEqual(controlPairs(identities, "shuffled", createRandom(seed + 1)));
  });

  it.each([1, 2, 3, 4, 5])("exchanges people, and keeps the images of each together (seed %i)", (seed) => {
    const pairs = controlPairs(identities, "identity-shuffled", createRandom(seed));
    const partners = new Map<string, Set<string>>();
    identities.forEach((identity, row) => {
      partners.set(identity, new Set([...(partners.get(identity) ?? []), whose(pairs[row])]));
    });
    for (const [identity, others] of partners) {
      expect(others.size).toBe(1);
      expect(others.has(identity)).toBe(false);
    }
    expect(new Set([...partners.values()].flatMap((others) => [...others])).size).toBe(4);
  });

  it("starts again where the other person has fewer images", () => {
    const pairs = controlPairs(["a", "b", "b", "b", "a"], "identity-shuffled", createRandom(0));
    expect([...pairs]).toEqual([1, 0, 4, 0, 2]);
  });

  it("pairs each image with the next one of the same person", () => {
    expect([...controlPairs(identities, "other-image", createRandom(0))]).toEqual([1, 2, 0, 4, 3, 6, 7, 8, 5, 10, 9]);
  });

  it("refuses one person alone, and a person with one image", () => {
    expect(() => controlPairs(["a", "a"], "identity-shuffled", createRandom(0))).toThrow(
      new ValueError("controlPairs: got 1 people; exchanging them needs at least two"),
    );
    expect(() => controlPairs(["a", "a", "b"], "other-image", createRandom(0))).toThrow(
      new ValueError("controlPairs: b has one image; pairing with another one needs two of each person"),
    );
  });
});
