export * from "./cloud-map.js";
export { measureCycle, measureTriangle } from "./map-chains.js";
export { residualByIdentity, type IdentityResidual, type ResidualStructure } from "./map-residuals.js";
export { describeMap, splitMap, type MapShape, type PolarSplit } from "./map-shape.js";
export { identitySubspace, principalAngles, type IdentitySubspaceOptions } from "./principal-angles.js";
export { measurePicture, type PictureQuality, type PictureQualityOptions } from "./trustworthiness.js";
export { mapCloudTsne, type TsneOptions } from "./tsne.js";
