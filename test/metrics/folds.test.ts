import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyFolds, type FoldScores } from "../../lib/metrics/folds.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { auc, verification } from "../../lib/metrics/verification.js";
import { algebra, exact, expectClose } from "../close.js";

const fold = (mated: readonly number[], nonMated: readonly number[]): FoldScores => ({
  mated: Float32Array.from(mated),
  nonMated: Float32Array.from(nonMated),
});

const rightAt = (folds: readonly FoldScores[], threshold: number): number =>
  folds.reduce(
    (sum, { mated, nonMated }) =>
      sum + mated.filter((score) => score >= threshold).length + nonMated.filter((score) => score < threshold).length,
    0,
  );

describe("verifyFolds", () => {
  it("takes the threshold from the other folds and the accuracy from the one left out, by hand", () => {
    // Fold 1 is best parted between 0.25 and 0.75, fold 2 between 0 and 0.125; each is judged at the other's middle.
    const { accuracy, thresholds, eer: errors } = verifyFolds([fold([0.75, 1], [0, 0.25]), fold([0.125, 0.25], [-0.5, 0])]);
    expectClose(thresholds, [0.0625, 0.5], exact);
    expectClose(accuracy.values, [0.75, 0.5], exact);
    // sd of .75 and .5 (over 2 − 1) is .125 · √2, divided by √2.
    expectClose([accuracy.mean, accuracy.standardError], [0.625, 0.125], algebra);
    expectClose(errors.values, [0, 0], exact);
  });

  it("finds no threshold that is better on the others, ties included", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(scores, scores), { minLength: 2, maxLength: 4 }), (drawn) => {
        const folds = drawn.map(([mated, nonMated]) => fold(mated, nonMated));
        const { thresholds, accuracy } = verifyFolds(folds);
        folds.forEach((left, i) => {
          const others = folds.filter((one) => one !== left);
          const candidates = [-Infinity, ...Array.from({ length: 14 }, (_, k) => k - 0.5), Infinity];
          expect(rightAt(others, thresholds[i])).toBe(Math.max(...candidates.map((threshold) => rightAt(others, threshold))));
          expect(accuracy.values[i]).toBe(rightAt([left], thresholds[i]) / (left.mated.length + left.nonMated.length));
        });
      }),
    );
  });

  it("reports EER and AUC of each fold", () => {
    const folds = [fold([1, 2, 3], [0, 1.5]), fold([0, 2], [1, 1, -1]), fold([5, 6], [5.5])];
    const found = verifyFolds(folds);
    const seen = folds.map(({ mated, nonMated }) => verification(mated, nonMated));
    expectClose(found.auc.values, seen.map(auc), exact);
    expectClose(
      found.eer.values,
      seen.map((evaluation) => eer(evaluation)),
      exact,
    );
  });

  it("accepts nothing or everything where that is best, infinite scores included", () => {
    expect(verifyFolds([fold([-Infinity], [1, 1, 1]), fold([0], [1, 2])]).thresholds).toEqual([Infinity, Infinity]);
    expect(verifyFolds([fold([0, 1, 2], [3]), fold([0, 1, 2], [3])]).thresholds).toEqual([-Infinity, -Infinity]);
  });

  it("refuses a single fold, and a fold without a side", () => {
    expect(() => verifyFolds([fold([1], [0])])).toThrow("verifyFolds: got 1 folds; it needs at least two, to choose a threshold on others");
    expect(() => verifyFolds([fold([1], [0]), fold([1], [])])).toThrow(
      "verifyFolds: fold 2 has 1 mated and 0 non-mated scores; it needs at least one of each",
    );
  });
});
