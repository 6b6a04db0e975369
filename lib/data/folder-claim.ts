import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { DataError } from "../core/errors.js";
import { isRunning } from "./running-process.js";

const claimName = ".facebridge-get";

/**
 * Do `work` while no other process does such work in the same folder. A claim of a process that was killed is taken over.
 *
 * @throws DataError when another process is at it.
 */
export async function claimFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(folder, claimName);
  const take = async (): Promise<boolean> => {
    const handle = await open(file, "wx").catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
      throw error;
    });
    if (handle === null) return false;
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  };
  if (!(await take())) {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (isRunning(holder)) {
      throw new DataError(
        `claimFolder: process ${holder} is fetching into ${folder}; wait for it, or delete ${file} if it is something else`,
      );
    }
    await rm(file, { force: true });
    if (!(await take())) throw new DataError(`claimFolder: another process is fetching into ${folder}; wait for it`);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
