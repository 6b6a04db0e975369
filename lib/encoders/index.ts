export { cropFace, type CropName, fitSimilarity, type Landmarks, resizeImage, type Similarity, warpImage } from "./crop.js";
export { type Detector, loadDetector, type LoadDetectorOptions } from "./detector.js";
export { embedFaces, type EmbedOptions, type EmbedResult, type Problem } from "./embed.js";
export { type Encoder, loadEncoder, type LoadEncoderOptions } from "./encoder.js";
export type { Face } from "./face.js";
export { decodeImage, type Image } from "./image.js";
export { toTensor } from "./preprocess.js";
export type { OnnxProvider } from "./onnx-network.js";
