export { cellSignal, clearOutput, type ClearOptions } from "./cell-context.js";
export type { CellError } from "./cell-error.js";
export { checkParameters, declaredParameters, readParameter, type DeclaredParameter } from "./declared-parameters.js";
export { injectParameters, type Parameters } from "./parameters.js";
export { readProvenance, readStarted, recordRun, type RecordedRun, type RecordOptions, type RunProvenance } from "./run-record.js";
export { runNotebook, runNotebookFile, type CellFailure, type CellProgress, type RunOptions, type RunResult } from "./runner.js";
