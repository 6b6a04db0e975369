import { stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { listPeople } from "../data/face-set.js";
import { checkInside, staysInside } from "../data/locate.js";
import { readRowLabels } from "../data/row-labels.js";
import type { ScanEntry } from "./scan-faces.js";

/**
 * The photographs of a folder with one folder for each identity, or of a CSV with the columns image (a path beside or below the CSV) and identity.
 *
 * @throws DataError when there is none, or a name or link leads out.
 */
export async function listPhotographs(source: string): Promise<ScanEntry[]> {
  const found = await stat(source).catch(() => null);
  if (found === null) throw new DataError(`listPhotographs: no folder or CSV ${source}; name the photographs`);
  const entries = found.isDirectory() ? await fromFolder(source) : await fromCsv(source);
  if (entries.length === 0)
    throw new DataError(`listPhotographs: ${source} has no photographs laid out as <identity>/<file>; arrange them so, or give a CSV`);
  const names = new Set<string>();
  for (const { image } of entries) {
    if (names.has(image)) throw new DataError(`listPhotographs: ${source} has "${image}" twice; give each photograph a name of its own`);
    names.add(image);
  }
  return entries;
}

async function fromFolder(folder: string): Promise<ScanEntry[]> {
  const people = await listPeople(folder, "identity", path.basename(folder));
  return people.flat().map(({ image, identity }) => ({ file: path.join(folder, image), image, identity }));
}

async function fromCsv(csv: string): Promise<ScanEntry[]> {
  const folder = path.dirname(csv);
  const entries: ScanEntry[] = [];
  for (const { image, identity } of await readRowLabels(csv)) {
    if (image === null || identity === null) throw new DataError(`listPhotographs: ${csv} needs the columns image and identity`);
    checkInside(image, `${csv}: image`);
    checkInside(identity, `${csv}: identity`);
    if (/[/\\]/.test(identity)) throw new DataError(`${csv}: identity is "${identity}"; it becomes a folder's name, so give it no slash`);
    const file = path.join(folder, image);
    if (!(await stat(file).catch(() => null))?.isFile()) throw new DataError(`${csv}: no file ${file}; paths are beside or below the CSV`);
    if (!(await staysInside(folder, file)))
      throw new DataError(`${csv}: ${file} is a link that leads out of ${folder}; put the files themselves there`);
    entries.push({ file, image: `${identity}/${image.replaceAll(/[/\\]+/g, "_")}`, identity });
  }
  return entries;
}
