import { stat } from "node:fs/promises";
import path from "node:path";
import type { DownloadFile } from "./download-manifest.js";
import type { FetchLock } from "./fetch-lock.js";
import { targetOf } from "./place-file.js";
import { inspectFile, type WeightsStatus } from "./weights.js";

/** What is there of a file that a manifest lists. A folder that was unpacked is as verified as the archive that it came from. */
export async function fileStatus(file: DownloadFile, dataFolder: string, lock: FetchLock): Promise<WeightsStatus> {
  const target = targetOf(file, dataFolder);
  const locked = lock[file.path];
  if (file.unpack === null) return (await inspectFile(target, file, locked)).status;
  if (!(await stat(path.resolve(target)).catch(() => null))?.isDirectory()) return "missing";
  if (locked === undefined) return "unverified";
  if (file.sha256 === null) return "as first fetched";
  return file.sha256 === locked.sha256 ? "verified" : "wrong hash";
}
