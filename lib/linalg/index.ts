export type { Eigen, Engine, EngineName, GramOptions, Polar, ProductOptions, Svd, WorkOptions } from "./engine.js";
export { chooseEngine, describeEngines, type EngineReport, usualEngine } from "./choose-engine.js";
export { createOnnxEngine, type OnnxEngineOptions } from "./onnx.js";
export { type CudaReport, findCuda } from "./onnx-cuda.js";
