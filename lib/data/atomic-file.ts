import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { isRunning } from "./running-process.js";

/**
 * Write a file whole or not at all: a temporary file in the same folder, synced, then renamed. Makes the folder.
 *
 * @throws DataError when the disk does not take it.
 */
export async function writeAtomically(file: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${hostname()}.${process.pid}.${randomUUID()}.tmp`);
  try {
    const handle = await openInFolder(temporary);
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // there is no folder
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new DataError(`${file} cannot be written (${code}); make room there, or choose another folder`, { cause: error });
  }
}

/** Open a new file, and make its folder; again where another process takes the empty folder away in between. */
async function openInFolder(file: string, attempts = 10): Promise<FileHandle> {
  await mkdir(path.dirname(file), { recursive: true });
  try {
    return await open(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempts === 1) throw error;
    return openInFolder(file, attempts - 1);
  }
}

/** Take away what processes of this machine that were killed have left of {@link writeAtomically} in a folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  const own = `.${hostname()}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^\d+/.exec(name.slice(name.lastIndexOf(own) + own.length))?.[0];
    if (!name.endsWith(".tmp") || !name.includes(own) || pid === undefined || isRunning(Number(pid))) continue;
    await rm(path.join(folder, name), { force: true });
  }
}
