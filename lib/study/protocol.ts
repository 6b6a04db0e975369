import { DataError, ValueError } from "../core/errors.js";
import type { Item } from "../data/embedding-set.js";
import type { StudySet } from "../data/load-face-sets.js";
import { excludeOverlap, splitByIdentity, type IdentitySplit, type SamePerson } from "../data/splits.js";

/** Which rows of the two embedding sets an experiment uses, each list ascending. */
export interface StudyPlan {
  readonly fitSet: StudySet;
  readonly testSet: StudySet;
  readonly seed: number;
  readonly fitSplit: IdentitySplit;
  readonly testSplit: IdentitySplit;
  /** Rows of the fit set. */
  readonly train: Int32Array;
  readonly tune: Int32Array;
  /** Rows of the test set: one for each test identity. */
  readonly gallery: Int32Array;
  readonly probes: Int32Array;
  /** Images that would have been probes, left out because their bytes are those of the person's gallery image or earlier probe. */
  readonly duplicateCount: number;
}

export interface PlanOptions {
  readonly seed: number;
  /** Share of the training identities that is fitted on: the first in the split's order, so that a smaller share is within a larger. @defaultValue 1 */
  readonly fraction?: number;
  /** Whose images are fitted on: `test`, the very people who are tested, shows what an identity-disjoint split keeps out. @defaultValue "train" */
  readonly fitOn?: "train" | "test";
  /** People who are in several face sets; needed where fit and test set differ in theirs. */
  readonly overlap: readonly SamePerson[];
}

/**
 * Choose training, tuning, gallery and probe rows by the protocol of record.
 *
 * The split is of the people with two images or more that can be enrolled. The gallery is the first image of each test identity in
 * file-name order, among those with the gallery's pose; probes are the other images of the probes' pose, each file's bytes once.
 *
 * @param fit study set to fit on, with the items of its face set in row order.
 * @param test the same of the set to test on.
 * @throws DataError when a part has no rows; ValueError when the fraction is not above 0 and at most 1, or the test people of another set
 * are to be fitted on.
 */
export function planStudy(
  fit: StudySet & { readonly items: readonly Item[] },
  test: StudySet & { readonly items: readonly Item[] },
  { seed, fraction = 1, fitOn = "train", overlap }: PlanOptions,
): StudyPlan {
  if (!(fraction > 0 && fraction <= 1)) throw new ValueError(`planStudy: fraction is ${fraction}; it must be above 0 and at most 1`);
  if (fitOn === "test" && fit.studySet.id !== test.studySet.id) {
    throw new ValueError(
      `planStudy: got ${fit.studySet.id} to fit on the test people of ${test.studySet.id}; name one set for both, or fit on training people`,
    );
  }
  const testSplit = splitStudySet(test, test.items, seed);
  const sameFaces = fit.faceSet.id === test.faceSet.id;
  const whole = sameFaces ? testSplit : excludeOverlap(splitStudySet(fit, fit.items, seed), testSplit, overlap);
  const people = fitOn === "test" ? whole.test : whole.train;
  const fitSplit = { ...whole, train: people.slice(0, Math.max(1, Math.round(fraction * people.length))) };
  const { trainPoses } = fit.studySet;
  const trains = ({ pose }: Item): boolean => trainPoses === null || (pose !== null && trainPoses.includes(pose));
  const { gallery, probes, duplicateCount } = enrol(test, test.items, testSplit.test);
  const plan = {
    train: rowsOf(fit.items, fitSplit.train, trains),
    tune: rowsOf(fit.items, fitSplit.tune, trains),
    gallery,
    probes,
  };
  for (const [part, rows] of Object.entries(plan)) {
    if (rows.length === 0) {
      const id = part === "train" || part === "tune" ? fit.studySet.id : test.studySet.id;
      throw new DataError(`planStudy: ${id} has no ${part} rows; embed more of its images, with the poses that it names`);
    }
  }
  return {
    fitSet: { faceSet: fit.faceSet, studySet: fit.studySet },
    testSet: { faceSet: test.faceSet, studySet: test.studySet },
    seed,
    fitSplit,
    testSplit,
    ...plan,
    duplicateCount,
  };
}

function splitStudySet({ faceSet, studySet }: StudySet, items: readonly Item[], seed: number): IdentitySplit {
  const enrolled = items.filter((item) => hasPose(item, studySet.galleryPose));
  return splitByIdentity(
    faceSet.id,
    enrolled.map((item) => item.identity),
    { seed },
  );
}

function enrol(
  { studySet: { galleryPose, probePose } }: StudySet,
  items: readonly Item[],
  identities: readonly string[],
): Pick<StudyPlan, "gallery" | "probes" | "duplicateCount"> {
  const first = new Map<string, number>();
  for (const row of rowsOf(items, identities, (item) => hasPose(item, galleryPose))) {
    const best = first.get(items[row].identity);
    if (best === undefined || items[row].image < items[best].image) first.set(items[row].identity, row);
  }
  const gallery = Int32Array.from(first.values()).sort();
  const enrolled = new Set(gallery);
  const others = rowsOf(items, identities, (item) => hasPose(item, probePose)).filter((row) => !enrolled.has(row));
  // Where the bytes were not seen, a file's name stands for them.
  const bytesOf = (row: number): string => `${items[row].identity} ${items[row].sha256 ?? items[row].image}`;
  const seen = new Set(Array.from(gallery, bytesOf));
  const probes = others.filter((row) => !seen.has(bytesOf(row)) && seen.add(bytesOf(row)));
  return { gallery, probes, duplicateCount: others.length - probes.length };
}

function hasPose(item: Item, pose: Item["pose"]): boolean {
  return pose === null || item.pose === pose;
}

function rowsOf(items: readonly Item[], identities: readonly string[], keep: (item: Item) => boolean): Int32Array {
  const wanted = new Set(identities);
  return Int32Array.from(items.flatMap((item, row) => (wanted.has(item.identity) && keep(item) ? [row] : [])));
}
