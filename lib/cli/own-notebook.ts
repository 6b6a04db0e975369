import { readdirSync } from "node:fs";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/locate.js";
import { listKnown } from "../data/nearest.js";

const folder = path.join(projectFolder, "notebooks");

/** The names of the project's notebooks, without ".ipynb", in order. */
export function ownNotebooks(): string[] {
  return readdirSync(folder)
    .flatMap((file) => (file.endsWith(".ipynb") ? [path.basename(file, ".ipynb")] : []))
    .sort();
}

/**
 * The name of the project's notebook that goes by a name, a file name or a number.
 *
 * @throws DataError when there is none.
 */
export function findOwnNotebook(name: string, caller: string): string {
  const wanted = path.basename(name, ".ipynb");
  const known = ownNotebooks();
  const found = known.find((own) => own === wanted || own.startsWith(`${wanted}-`));
  if (found !== undefined && !name.includes(path.sep)) return found;
  throw new DataError(`${caller}: there is no notebook ${name}; give the name of a file in ${folder}${listKnown(wanted, known)}`);
}
