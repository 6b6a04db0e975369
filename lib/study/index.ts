export { attackSystem, attackSystems, type AttackResult, type AttackSpec } from "./attack.js";
export { type AttackFigure } from "./attack-figures.js";
export { attackCurves, attackFigure, attackRows, type AttackCurve } from "./attack-results.js";
export { type AttackKnowledge } from "./attacker.js";
export { openCache, type CacheOptions, type StudyCache } from "./cache.js";
export { chanceOf } from "./chance.js";
export { chooseMap, leaveOneNetworkOut, type LeftOutNetwork } from "./choose-map.js";
export { compareMaps, type MapComparison } from "./compare-maps.js";
export { compareRows, type ComparedRow, type ComparedRows } from "./compare-rows.js";
export { compareUpgrade, type Upgrade, type UpgradeFigure, type UpgradeSpec } from "./compare-upgrade.js";
export { openStudy, type OpenStudyOptions } from "./context.js";
export { evaluate, type EvaluateOptions, type Evaluation, type MetricValue } from "./evaluate.js";
export { overlapByEmbedding, overlapByName, type KnownFaces } from "./face-overlap.js";
export { fusePair, type FusionFigure, type FusionMethod, type FusionSpec } from "./fuse-pair.js";
export { inspectFaces, type FaceSetProblem } from "./inspect-faces.js";
export { learningCurve, type LearningPoint } from "./learning-curve.js";
export { measureSeparation, type SeparationValue } from "./identity-separation.js";
export { isRate, rankMetric, tmrMetric } from "./metric-names.js";
export { identityNames, type FitNetwork, type FitRows, type NetworkRows } from "./network-rows.js";
export { planStudy, type PlanOptions, type StudyPlan } from "./protocol.js";
export { formatResultRows, parseResultRows, readResultFile, writeResultFile } from "./result-file.js";
export { resampleCompatibility, type ResampledCompatibility, type ResampleSpec } from "./resample-compatibility.js";
export type { ResultRow } from "./result-row.js";
export { runStudy } from "./run-study.js";
export { retrieve, type Retrieval, type RetrievalSpec, type Retrieved, type RetrievedImage } from "./retrieve.js";
export { runStudies } from "./run-studies.js";
export { prepareProtection, type ProtectRows, type TemplateProtection } from "./protect-templates.js";
export type { PreparedFits } from "./prepare-fits.js";
export { prepareStudy, type PreparedStudy, type StudyRowsSpec, type TestNames } from "./prepare-study.js";
export { scoreMap, type ScoreMapOptions, type TestRows } from "./score-map.js";
export {
  countEvaluations,
  keyOf,
  orderedPairs,
  type EncoderPair,
  type StudyContext,
  type StudyCurves,
  type StudyPeople,
  type StudyResult,
  type StudySpec,
} from "./study-spec.js";
export { summarise, type SummaryRow } from "./summary.js";
export { testClouds, type CloudName, type TestClouds, type TestCloudsSpec } from "./test-clouds.js";
export { formatVerdicts, judgeClaims, type ClaimVerdict, type RowsOfRecord } from "./verdicts.js";
export {
  tryPreprocessing,
  type Preprocessing,
  type PreprocessingTrial,
  type TriedPreprocessing,
  type TryPreprocessingOptions,
} from "./try-preprocessing.js";
