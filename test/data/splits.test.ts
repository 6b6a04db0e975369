import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excludeOverlap, parseOverlap, splitByIdentity, type IdentitySplit } from "../../lib/data/splits.js";

const people = [
  "Ada_Lovelace",
  "Alan_Turing",
  "Carl_Gauss",
  "Emmy_Noether",
  "Grace_Hopper",
  "Henri_Poincare",
  "Leonhard_Euler",
  "Maryam_Mirzakhani",
  "Sofja_Kowalewskaja",
  "Élise_Ünal",
];
const twice = (names: readonly string[]): string[] => names.flatMap((name) => [name, name]);

describe("splitByIdentity", () => {
  // Orders by Python's hashlib.sha256(f"{seed}/{face set}/{name}".encode()).hexdigest().
  it.each([
    [
      0,
      "lfw",
      "Ada_Lovelace Henri_Poincare Grace_Hopper Carl_Gauss Leonhard_Euler Maryam_Mirzakhani",
      "Sofja_Kowalewskaja",
      "Élise_Ünal Alan_Turing Emmy_Noether",
    ],
    [
      1,
      "lfw",
      "Élise_Ünal Grace_Hopper Alan_Turing Ada_Lovelace Maryam_Mirzakhani Leonhard_Euler",
      "Carl_Gauss",
      "Henri_Poincare Emmy_Noether Sofja_Kowalewskaja",
    ],
    [
      0,
      "cfp",
      "Maryam_Mirzakhani Élise_Ünal Ada_Lovelace Henri_Poincare Grace_Hopper Carl_Gauss",
      "Sofja_Kowalewskaja",
      "Alan_Turing Leonhard_Euler Emmy_Noether",
    ],
  ])("follows the hashes of the names (seed %i, %s)", (seed, faceSet, train, tune, test) => {
    expect(splitByIdentity(faceSet, twice(people), { seed })).toEqual({
      faceSet,
      seed,
      train: train.split(" "),
      tune: tune.split(" "),
      test: test.split(" "),
      tooFewCount: 0,
      overlapCount: 0,
    });
  });

  it("leaves out and counts people with one image", () => {
    const split = splitByIdentity("lfw", [...twice(people), "Kurt_Goedel"], { seed: 0 });
    expect(split).toEqual({ ...splitByIdentity("lfw", twice(people), { seed: 0 }), tooFewCount: 1 });
  });

  it("cuts at 540, 90 and 271 of 901", () => {
    const names = Array.from({ length: 901 }, (_, i) => `person ${i}`);
    const { train, tune, test } = splitByIdentity("lfw", twice(names), { seed: 0 });
    expect([train.length, tune.length, test.length]).toEqual([540, 90, 271]);
  });

  it("puts everybody in one part, in whatever order the rows come", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 8, maxLength: 60 }), fc.nat(99), (names, seed) => {
        const split = splitByIdentity("lfw", twice(names), { seed });
        const all = [...split.train, ...split.tune, ...split.test];
        expect(all.length).toBe(names.length);
        expect(new Set(all)).toEqual(new Set(names));
        expect(splitByIdentity("lfw", twice(names).reverse(), { seed })).toEqual(split);
      }),
    );
  });

  it("refuses too few people, and seeds that are no whole number", () => {
    expect(() => splitByIdentity("lfw", ["a", "b", "b"], { seed: 0 })).toThrow(
      "splitByIdentity: 1 identities of lfw have two images or more; add people until there are at least 8, so that each part has one",
    );
    expect(() => splitByIdentity("lfw", twice(people), { seed: 0.5 })).toThrow("splitByIdentity: got seed 0.5; it must be a whole number");
  });
});

describe("excludeOverlap", () => {
  const part = (faceSet: string, train: string[], tune: string[], test: string[]): IdentitySplit => ({
    faceSet,
    seed: 0,
    train,
    tune,
    test,
    tooFewCount: 0,
    overlapCount: 0,
  });
  const overlap = [
    { cfp: "001", lfw: "Ada" },
    { cfp: "002", lfw: "Alan" },
    { cfp: "002", lfw: "Allan" },
    { cfp: "003", lfw: "Carl" },
  ];

  it("takes whom the other set tests on out of training and tuning, and leaves the test part", () => {
    const lfw = part("lfw", ["Ada", "Alan", "Emmy"], ["Allan", "Grace"], ["Carl"]);
    const cfp = part("cfp", ["001"], [], ["002", "003"]);
    expect(excludeOverlap(lfw, cfp, overlap)).toEqual({ ...lfw, train: ["Ada", "Emmy"], tune: ["Grace"], overlapCount: 2 });
  });

  it("works in the other direction", () => {
    const cfp = part("cfp", ["001", "004"], ["003"], ["002"]);
    expect(excludeOverlap(cfp, part("lfw", [], [], ["Carl", "Ada"]), overlap)).toEqual({
      ...cfp,
      train: ["004"],
      tune: [],
      overlapCount: 2,
    });
  });
});

describe("parseOverlap", () => {
  it("reads both names of each person", () => {
    const text = "cfp_id\tcfp_name\tlfw_name\tlfw_images\tmatch\n006\tAdam Sandler\tAdam_Sandler\t4\texact\n";
    expect(parseOverlap(text, "overlap.tsv")).toEqual([{ cfp: "006", lfw: "Adam_Sandler" }]);
  });

  it("names the file when a column or a field is missing", () => {
    expect(() => parseOverlap("", "overlap.tsv")).toThrow(
      'overlap.tsv: the first line is ""; it needs the tab-separated columns cfp_id and lfw_name',
    );
    expect(() => parseOverlap("cfp_id\tlfw_name\n006\n", "overlap.tsv")).toThrow(
      'overlap.tsv: row 1 is "006"; it needs a cfp_id and an lfw_name, so restore the file',
    );
  });
});
