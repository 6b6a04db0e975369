export type { Eigen, Engine, EngineName, GramOptions, Polar, ProductOptions, Svd, ThreadEngine, WorkOptions } from "./engine.js";
export { chooseEngine, describeEngines, type EngineReport, usualEngine } from "./choose-engine.js";
export { createOnnxEngine, type OnnxEngineOptions } from "./onnx.js";
export { type CudaReport, findCuda } from "./onnx-cuda.js";
export { openThreadEngine } from "./thread-engine.js";
