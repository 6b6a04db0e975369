import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";
import { localFolder, manifestFolder } from "./locate.js";
import { parseOverlap, type SamePerson } from "./splits.js";

/** A person of a face set who is in another, too. */
export interface OverlapRow {
  readonly identity: string;
  readonly otherSet: string;
  readonly otherIdentity: string;
  readonly by: "name" | "embedding";
}

const ending = ".overlap.tsv";
const columns = ["identity", "otherSet", "otherIdentity", "by"] as const;

/** Write who of a set that the user adds is in other sets, so that studies keep a person on one side. */
export async function writeOverlap(faceSet: string, rows: readonly OverlapRow[]): Promise<void> {
  const lines = rows.map((row) => columns.map((column) => row[column]).join("\t"));
  const file = path.join(localFolder(), "face-sets", `${faceSet}${ending}`);
  await writeAtomically(file, [Buffer.from([columns.join("\t"), ...lines, ""].join("\n"))]);
}

/** Who is in both CFP and LFW, by the project's own table. @throws DataError when the table is damaged. */
export async function readProjectOverlap(): Promise<SamePerson[]> {
  const file = path.join(manifestFolder, "overlap-cfp-lfw.tsv");
  return parseOverlap(await readFile(file, "utf8"), file);
}

/** Who of the sets that the user has added is in other sets. @throws DataError when a table is not as `writeOverlap` writes it. */
export async function readOwnOverlap(): Promise<SamePerson[]> {
  const folder = path.join(localFolder(), "face-sets");
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
  const people: SamePerson[] = [];
  for (const name of files) {
    const faceSet = name.slice(0, -ending.length);
    const [header, ...lines] = (await readFile(path.join(folder, name), "utf8")).split(/\r?\n/);
    if (header !== columns.join("\t")) {
      throw new DataError(
        `${path.join(folder, name)}: the first line is "${header}"; it must be the tab-separated columns ${columns.join(", ")}`,
      );
    }
    for (const line of lines) {
      if (line === "") continue;
      const [identity, otherSet, otherIdentity] = line.split("\t");
      if (!identity || !otherSet || !otherIdentity) {
        throw new DataError(
          `${path.join(folder, name)}: the line "${line}" needs an identity, another set and an identity there; correct it`,
        );
      }
      people.push({ [faceSet]: identity, [otherSet]: otherIdentity });
    }
  }
  return people;
}
