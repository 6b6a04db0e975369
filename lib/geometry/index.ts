export * from "./cloud-map.js";
export { measurePicture, type PictureQuality, type PictureQualityOptions } from "./trustworthiness.js";
export { mapCloudTsne, type TsneOptions } from "./tsne.js";
