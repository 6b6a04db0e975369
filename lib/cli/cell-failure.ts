import { DataError, LicenceError, ShapeError, SplitError, ValueError } from "../core/errors.js";
import type { CellFailure } from "../kernel/index.js";
import { say } from "./terminal.js";

const ownErrors: readonly string[] = [DataError, LicenceError, ShapeError, SplitError, ValueError].map(({ name }) => name);

/** The error that a command ends with when a cell failed. The traceback is shown before it, unless the library says itself what is wrong. */
export function cellFailure({ executionCount, name, message, traceback }: CellFailure, notebook: string, executed: string): DataError {
  if (!ownErrors.includes(name)) say(traceback.join("\n"));
  return new DataError(`In [${executionCount}] of ${notebook} failed with ${name}: ${message}; see ${executed}`);
}
