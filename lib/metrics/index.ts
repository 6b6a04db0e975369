export * from "./identification.js";
export { studentInterval, subjectInterval, wilsonInterval, type Interval } from "./intervals.js";
export * from "./labels.js";
export { collectPairs, type PairCollector, type PairScores } from "./pair-scores.js";
export * from "./scores.js";
export * from "./verification.js";
export * from "./verification-intervals.js";
export * from "./verify-all-pairs.js";
