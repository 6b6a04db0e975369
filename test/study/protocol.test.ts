import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import type { Item } from "../../lib/data/embedding-set.js";
import type { StudySetManifest } from "../../lib/data/face-set-manifest.js";
import type { StudySet } from "../../lib/data/load-face-sets.js";
import { planStudy } from "../../lib/study/protocol.js";
import { syntheticManifest } from "./synthetic-networks.js";

const item = (identity: string, file: string, pose: Item["pose"] = null): Item => ({
  image: pose === null ? `${identity}/${file}` : `${identity}/${pose}/${file}`,
  identity,
  pose,
  sha256: `${identity}/${pose}/${file}`,
  detectionScore: 1,
});

const flat = (prefix: string, people: number, images: number): Item[] =>
  Array.from({ length: people * images }, (_, i) => item(`${prefix}${Math.floor(i / images)}`, `${i % images}.jpg`));

const cfpSets: StudySetManifest[] = [
  { id: "cfp", trainPoses: ["frontal"], galleryPose: "frontal", probePose: "frontal" },
  { id: "cfp-fp", trainPoses: null, galleryPose: "frontal", probePose: "profile" },
];
const cfpFaces = { ...syntheticManifest("cfp"), studySets: cfpSets };
const lfwFaces = syntheticManifest("lfw");
const lfw: StudySet = { faceSet: lfwFaces, studySet: lfwFaces.studySets[0] };
const cfp: StudySet = { faceSet: cfpFaces, studySet: cfpSets[0] };
const cfpFp: StudySet = { faceSet: cfpFaces, studySet: cfpSets[1] };

const posed = Array.from({ length: 10 }, (_, i) => [
  item(`${i}`, "01.jpg", "frontal"),
  item(`${i}`, "02.jpg", "frontal"),
  item(`${i}`, "01.jpg", "profile"),
]).flat();

const namesOf = (items: readonly Item[], rows: Int32Array): Set<string> => new Set([...rows].map((row) => items[row].identity));

describe("planStudy", () => {
  it("trains, tunes and tests on different people, and enrols one image of each test identity", () => {
    const items = flat("p", 20, 3);
    const plan = planStudy({ ...lfw, items }, { ...lfw, items }, { seed: 0, overlap: [] });
    expect([plan.train.length, plan.tune.length, plan.gallery.length, plan.probes.length]).toEqual([36, 6, 6, 12]);
    const parts = [plan.train, plan.tune, plan.gallery].map((rows) => namesOf(items, rows));
    expect(new Set(parts.flatMap((names) => [...names])).size).toBe(20);
    expect(namesOf(items, plan.probes)).toEqual(parts[2]);
  });

  it("fits on the first share of the training identities, the smaller within the larger, and tests and tunes on the same", () => {
    const items = flat("p", 100, 3);
    const shares = [0.01, 0.1, 0.5, 1];
    const plans = shares.map((fraction) => planStudy({ ...lfw, items }, { ...lfw, items }, { seed: 3, fraction, overlap: [] }));
    expect(plans.map(({ fitSplit }) => fitSplit.train.length)).toEqual([1, 6, 30, 60]);
    expect(plans.map(({ train }) => train.length)).toEqual([3, 18, 90, 180]);
    for (const [i, plan] of plans.slice(0, -1).entries()) {
      const larger = new Set(plans[i + 1].train);
      expect([...plan.train].every((row) => larger.has(row))).toBe(true);
      expect([plan.tune, plan.gallery, plan.probes]).toEqual([plans[3].tune, plans[3].gallery, plans[3].probes]);
    }
  });

  it("fits on the images of the tested people where it is asked to, and tests and tunes on the same as ever", () => {
    const items = flat("p", 20, 3);
    const [fair, leaking] = (["train", "test"] as const).map((fitOn) =>
      planStudy({ ...lfw, items }, { ...lfw, items }, { seed: 0, fitOn, overlap: [] }),
    );
    expect([...leaking.train]).toEqual([...fair.gallery, ...fair.probes].sort((a, b) => a - b));
    expect([leaking.tune, leaking.gallery, leaking.probes]).toEqual([fair.tune, fair.gallery, fair.probes]);
    expect(leaking.fitSplit.train).toEqual(fair.testSplit.test);
  });

  it("refuses to fit on the tested people of another set", () => {
    const plan = (): unknown =>
      planStudy({ ...lfw, items: flat("p", 20, 3) }, { ...cfp, items: posed }, { seed: 0, fitOn: "test", overlap: [] });
    expect(plan).toThrow(ValueError);
    expect(plan).toThrow("planStudy: got lfw to fit on the test people of cfp; name one set for both, or fit on training people");
  });

  it.each([0, -0.1, 1.01, NaN])("refuses the fraction %s", (fraction) => {
    const items = flat("p", 20, 3);
    const plan = (): unknown => planStudy({ ...lfw, items }, { ...lfw, items }, { seed: 0, fraction, overlap: [] });
    expect(plan).toThrow(ValueError);
    expect(plan).toThrow(`planStudy: fraction is ${fraction}; it must be above 0 and at most 1`);
  });

  it("enrols the first image in file-name order, in whatever order the rows come", () => {
    const items = flat("p", 20, 3).reverse();
    const plan = planStudy({ ...lfw, items }, { ...lfw, items }, { seed: 0, overlap: [] });
    for (const row of plan.gallery) expect(items[row].image).toMatch(/\/0\.jpg$/);
    expect([...plan.gallery]).toEqual([...plan.gallery].sort((a, b) => a - b));
  });

  it("probes with no bytes that the person's gallery image or an earlier probe has, and counts them", () => {
    const items = flat("p", 20, 5);
    const same = (i: number, like: number): string | null => items[5 * Math.floor(i / 5) + like].sha256;
    // Of each person: the gallery image, its copy, two files of other bytes, and a copy of the first of them.
    const copied = items.map((one, i) => ({ ...one, sha256: i % 5 === 1 ? same(i, 0) : i % 5 === 4 ? same(i, 2) : one.sha256 }));
    const plan = planStudy({ ...lfw, items: copied }, { ...lfw, items: copied }, { seed: 0, overlap: [] });
    expect([plan.gallery.length, plan.probes.length, plan.duplicateCount]).toEqual([6, 12, 12]);
    expect(new Set(Array.from(plan.probes, (row) => row % 5))).toEqual(new Set([2, 3]));
  });

  it("keeps to frontal images in cfp; in cfp-fp it probes with profiles and trains on both, with the same people", () => {
    const options = { seed: 0, overlap: [] };
    const frontal = planStudy({ ...cfp, items: posed }, { ...cfp, items: posed }, options);
    const mixed = planStudy({ ...cfpFp, items: posed }, { ...cfpFp, items: posed }, options);
    expect(mixed.testSplit).toEqual(frontal.testSplit);
    expect([frontal.train, frontal.gallery, frontal.probes].map((rows) => rows.length)).toEqual([12, 3, 3]);
    expect([mixed.train, mixed.gallery, mixed.probes].map((rows) => rows.length)).toEqual([18, 3, 3]);
    expect(mixed.gallery).toEqual(frontal.gallery);
    expect([...mixed.probes].every((row) => posed[row].pose === "profile")).toBe(true);
  });

  it("uses the split of cfp for cfp-fp even when somebody has one frontal image", () => {
    const items = [...posed, item("alone", "01.jpg", "frontal"), item("alone", "01.jpg", "profile")];
    const { testSplit } = planStudy({ ...cfpFp, items }, { ...cfpFp, items }, { seed: 0, overlap: [] });
    expect(testSplit.tooFewCount).toBe(1);
  });

  it("keeps people whom the test set tests on out of a fit on another set", () => {
    const items = flat("p", 20, 3);
    const overlap = Array.from({ length: 10 }, (_, i) => ({ lfw: `p${i}`, cfp: `${i}` }));
    const plan = planStudy({ ...lfw, items }, { ...cfp, items: posed }, { seed: 0, overlap });
    const tested = new Set([...namesOf(posed, plan.gallery)].map((name) => `p${name}`));
    const fitted = [...namesOf(items, plan.train), ...namesOf(items, plan.tune)];
    expect(fitted.filter((name) => tested.has(name))).toEqual([]);
    expect(plan.fitSplit.overlapCount).toBeGreaterThan(0);
    expect(fitted.length + plan.fitSplit.overlapCount).toBe(14);
  });

  it("refuses a set without rows for a part", () => {
    const frontal = posed.filter(({ pose }) => pose === "frontal");
    expect(() => planStudy({ ...cfp, items: frontal }, { ...cfpFp, items: frontal }, { seed: 0, overlap: [] })).toThrow(
      "planStudy: cfp-fp has no probes rows; embed more of its images, with the poses that it names",
    );
  });
});
