export { mapCloud, principalComponents, type CloudMapOptions } from "./cloud-map.js";
export { measureCycle, measureTriangle } from "./map-chains.js";
export { residualByIdentity, type IdentityResidual, type ResidualStructure } from "./map-residuals.js";
export { measureMappedRotation, type MappedRotation } from "./mapped-rotation.js";
export { describeMap, splitMap, type MapShape, type PolarSplit } from "./map-shape.js";
export { identitySubspace, principalAngles, type IdentitySubspaceOptions } from "./principal-angles.js";
export { measurePicture, type PictureQuality, type PictureQualityOptions } from "./trustworthiness.js";
export { mapCloudTsne, type TsneOptions } from "./tsne.js";
export { dimensionByCount, oneRowPerIdentity, type DimensionAtCount, type DimensionByCountOptions } from "./dimension-by-count.js";
export { measureHubness, type Hubness, type HubnessOptions } from "./hubness.js";
export { identityParts, type IdentityParts } from "./identity-parts.js";
export { identityScatter, type IdentityScatter } from "./identity-scatter.js";
export { measureIsotropy, type Isotropy } from "./isotropy.js";
export { findNeighbours, type NeighbourOptions, type Neighbours } from "./neighbours.js";
export type { Nearness } from "./neighbour-space.js";
export { silhouetteByIdentity, type Silhouette } from "./silhouette.js";
export { cloudSpectrum, type CloudSpectrum } from "./spectrum.js";
export { estimateDimension, type IntrinsicDimension } from "./two-nn.js";
export { calibrate, type Calibration } from "./calibrate.js";
export { canonicalSimilarity, type CanonicalSimilarity } from "./canonical-similarity.js";
export { linearCka, streamCka, type LinearCka } from "./cka.js";
export { compareClouds, type CompareOptions, type SimilarityRow } from "./compare-clouds.js";
export { mutualNeighbours, type MutualNeighbourOptions, type MutualNeighbours, type NeighbourScope } from "./mutual-neighbours.js";
export { createPermuter, type Permuter, type PermutationScheme } from "./permutations.js";
export { heldOutPredictivity, linearPredictivity } from "./predictivity.js";
export { shapeDistance, type ShapeDistance } from "./shape-distance.js";
export { similarityMeasures, type SimilarityMeasure } from "./similarity-measures.js";
export {
  compatibilityGain,
  compatibilityMatrix,
  compatibilityRetention,
  compatibilityRows,
  updateGain,
  type Compatibility,
  type PairValue,
} from "./compatibility.js";
export {
  clusterStability,
  copheneticCorrelation,
  copheneticDistances,
  layOutDendrogram,
  type ClusterStability,
  type Dendrogram,
  type DendrogramArm,
} from "./dendrogram.js";
export { compareFamilies, type FamilyMeans, type FamilyStructure, type NetworkOrigin } from "./family-structure.js";
export { clusterHierarchy, compatibilityDistances, type Hierarchy, type HierarchyOptions, type Linkage, type Merge } from "./hierarchy.js";
export type { PermutationOptions, PermutationTest } from "../metrics/label-permutations.js";
export { fitNetworkEffects, type NetworkEffects } from "./network-effects.js";
export { testSimilarity } from "./similarity-test.js";
export { testTargetSeparation } from "./target-separation.js";
export { nearestAgreement, type CloudLabel } from "./nearest-agreement.js";
