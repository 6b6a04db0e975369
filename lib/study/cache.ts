import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { DataError, ValueError } from "../core/errors.js";
import { writeAtomically } from "../data/atomic-file.js";
import { workFolder } from "../data/locate.js";
import { codeDigest } from "./code-digest.js";

/** Results by what they were computed from. Several processes may use one folder at once. */
export interface StudyCache {
  /** What was kept under a key; null when there is nothing, or only a damaged file, which is taken away. */
  get(key: unknown): Promise<unknown>;
  /** Keep a value that JSON can hold. @throws DataError when the disk does not take it. */
  put(key: unknown, value: unknown): Promise<void>;
}

export interface CacheOptions {
  /** @defaultValue runs/cache of the `workFolder` */
  readonly folder?: string;
  /** Beyond this many bytes what was used least recently goes. @defaultValue 256 MiB */
  readonly mostBytes?: number;
}

const defaultMostBytes = 256 * 2 ** 20;
/** The folder is measured once in so many new files. */
const filesBetweenSweeps = 256;

/**
 * A cache on disk, one file a value, named by the SHA-256 of its key and of the code that computes.
 *
 * A changed library, engine, embedding or setting is another key, so nothing is ever stale. A file is written whole or not at all and
 * carries the digest of its text, so that no reader takes half a file for a value.
 *
 * @throws ValueError when the bound is not above zero.
 */
export function openCache({
  folder = path.join(workFolder(), "runs", "cache"),
  mostBytes = defaultMostBytes,
}: CacheOptions = {}): StudyCache {
  if (!(mostBytes > 0))
    throw new ValueError(`openCache: mostBytes is ${mostBytes}; it must be above zero, so leave the cache out to keep nothing`);
  let written = 0;
  const fileOf = (key: unknown): string => {
    const name = digestOf(`${codeDigest()}\n${JSON.stringify(key)}`);
    return path.join(folder, name.slice(0, 2), `${name.slice(2)}.json`);
  };
  return {
    async get(key) {
      const file = fileOf(key);
      const text = await readFile(file, "utf8").catch(() => null);
      if (text === null) return null;
      const end = text.indexOf("\n");
      const body = text.slice(end + 1);
      if (text.slice(0, end) !== digestOf(body)) {
        await rm(file, { force: true });
        return null;
      }
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined); // another process may have swept it meanwhile
      return JSON.parse(body) as unknown;
    },
    async put(key, value) {
      const file = fileOf(key);
      const body = JSON.stringify(value);
      try {
        await writeAtomically(file, [Buffer.from(`${digestOf(body)}\n${body}`)]);
      } catch (error) {
        const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
        throw new DataError(
          `openCache: ${file} cannot be written (${code ?? String(error)}); make room there, or compute without the cache`,
          {
            cause: error,
          },
        );
      }
      if (written++ % filesBetweenSweeps === 0) await sweep(folder, mostBytes);
    },
  };
}

/** Take away what was used least recently, until nine tenths of the bound are left. */
async function sweep(folder: string, mostBytes: number): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const state = await stat(file).catch(() => null);
      return state?.isFile() ? [{ file, size: state.size, used: state.mtimeMs }] : [];
    }),
  );
  const files = found.flat().sort((one, other) => one.used - other.used);
  let bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= mostBytes) return;
  for (const { file, size } of files) {
    if (bytes <= 0.9 * mostBytes) return;
    await rm(file, { force: true });
    bytes -= size;
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
