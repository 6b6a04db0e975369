import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";

/** What a file was when it first came, where its manifest has no hash to hold it against. */
export interface LockedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Where it came from. */
  readonly from: string;
}

/** By path under the data folder. */
export type FetchLock = Readonly<Record<string, LockedFile | undefined>>;

const lockName = "facebridge-lock.json";

/** What `<data folder>/facebridge-lock.json` records; nothing where there is none. @throws DataError when it is damaged. */
export async function readFetchLock(dataFolder: string): Promise<FetchLock> {
  const file = path.join(dataFolder, lockName);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return {};
  try {
    const { files } = JSON.parse(text) as { files: unknown };
    if (isLock(files)) return files;
  } catch {
    // said below
  }
  throw new DataError(`readFetchLock: ${file} is damaged; restore it, or delete it to trust what is there now`);
}

/** Record what a file is. A path that is recorded already gets the new record. */
export async function recordFetch(dataFolder: string, name: string, locked: LockedFile): Promise<void> {
  const files = { ...(await readFetchLock(dataFolder)), [name]: locked };
  const sorted = Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)));
  await writeAtomically(path.join(dataFolder, lockName), [Buffer.from(`${JSON.stringify({ version: 1, files: sorted }, null, 2)}\n`)]);
}

function isLock(files: unknown): files is FetchLock {
  if (typeof files !== "object" || files === null) return false;
  return Object.values(files).every((entry) => {
    const { bytes, sha256, from } = (entry ?? {}) as Partial<Record<keyof LockedFile, unknown>>;
    return Number.isInteger(bytes) && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) && typeof from === "string";
  });
}
