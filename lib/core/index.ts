export * from "./bytes.js";
export * from "./errors.js";
export * from "./matrix.js";
export * from "./progress.js";
export * from "./random.js";
export * from "./version.js";
