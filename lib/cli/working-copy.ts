import { existsSync } from "node:fs";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/locate.js";

/** @throws DataError for a command that works on the repository's notebooks and kernel, where this is the published package, which has none. */
export function needWorkingCopy(command: string, folder: string = projectFolder): void {
  if (existsSync(path.join(folder, "jupyter"))) return;
  throw new DataError(
    `${command}: ${folder} is the library alone; notebooks, kernel and lab are in the repository: clone it, and run npm ci and this command there`,
  );
}
