export { cellSignal, clearOutput, type ClearOptions } from "./cell-context.js";
export type { CellError } from "./cell-error.js";
export type { Parameters } from "./parameters.js";
export { injectParameters } from "./parameters.js";
export { runNotebook, runNotebookFile, type CellFailure, type CellProgress, type RunOptions, type RunResult } from "./runner.js";
