export { bcaInterval } from "./bca-interval.js";
export { bootstrapSubjects, type Bootstrap, type BootstrapOptions, percentileInterval, replicateVariance } from "./bootstrap.js";
export * from "./candidates.js";
export { checkCohort, type CslsSimilarity } from "./csls.js";
export { dPrime, dPrimeStatistic } from "./d-prime.js";
export { det, type DetCurve, type DetPoint } from "./det.js";
export { eerInterval } from "./eer-interval.js";
export { eer, eerBounds, type EerOptions } from "./equal-error.js";
export * from "./fmr-interval.js";
export { type FoldFigure, type FoldScores, type FoldVerification, verifyFolds } from "./folds.js";
export { averageRows, concatenateRows } from "./fuse-rows.js";
export * from "./fuse-scores.js";
export { holm } from "./holm.js";
export * from "./identification.js";
export { ruleOfThree, studentInterval, studentTest, subjectInterval, wilsonInterval, type Interval } from "./intervals.js";
export { keepScores, type ScoreKeeper } from "./kept-scores.js";
export { labelAllPairs, labelScores, type ScoreLabels, type SearchLabels } from "./labels.js";
export {
  linkabilityStatistic,
  measureLinkability,
  type Linkability,
  type LinkabilityOptions,
  type LocalLinkability,
} from "./linkability.js";
export * from "./mantel.js";
export * from "./model-test.js";
export * from "./open-set.js";
export { tmrAtFmr, type OperatingPoint, type OperatingPointOptions } from "./operating-point.js";
export { collectPairs, type CountedPairs, type MatedScores, type PairCollector, type PairScores } from "./pair-scores.js";
export type { PlaceSums } from "./place-sums.js";
export type { Places } from "./places.js";
export { probit } from "./probit.js";
export * from "./protocol-scores.js";
export { scoreRecognition, type Recognition, type RecognitionOptions } from "./recognition.js";
export { ranksOfPairs } from "./ranks-of-pairs.js";
export * from "./repeated-splits.js";
export { roc, thinRoc, type RocPoint } from "./roc.js";
export * from "./score-histogram.js";
export * from "./score-rows.js";
export * from "./scores.js";
export type { ScoreSimilarity } from "./similarity.js";
export * from "./subject-statistic.js";
export * from "./templates.js";
export * from "./tmr-at-fmr-interval.js";
export { auc, verification, type ListedVerification, type NonMatedStep, type ScoreMoments, type Verification } from "./verification.js";
export * from "./verification-intervals.js";
export * from "./verify-all-pairs.js";
export * from "./wilcoxon.js";
