import { statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { DataError } from "../core/errors.js";

/** Folder of this package: holds `data-manifests/` and `package.json`. */
export const projectFolder: string = fileURLToPath(new URL("../../", import.meta.url));

/** The embedded pack: in a working copy of the repository, and not in the published package. */
export const packFolder: string = path.join(projectFolder, "data");

/** Folder of the manifests that come with this package. */
export const manifestFolder: string = path.join(projectFolder, "data-manifests");

/** The folder that `runs/` and `local/` are in: the working copy, or the current folder where this package is one of a project's `node_modules`. */
export function workFolder(packageFolder: string = projectFolder): string {
  return packageFolder.split(path.sep).includes("node_modules") ? process.cwd() : packageFolder;
}

/**
 * The folder of what the user adds, which Git ignores: `encoders/` and `face-sets/` with manifests, `encoders/<id>/` with weights, `faces/<id>/`
 * with images, `embeddings/`. What FACEBRIDGE_LOCAL names, else `local/` of the {@link workFolder}; it need not be there.
 */
export function localFolder({ FACEBRIDGE_LOCAL: named }: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(named === undefined || named === "" ? path.join(workFolder(), "local") : named);
}

/**
 * The folder with `encoders/` (weights) and `faces/` (images): `option`, else what FACEBRIDGE_DATA names.
 *
 * @throws DataError when neither is given, or when it is no folder.
 */
export function resolveDataFolder(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = option ?? environment.FACEBRIDGE_DATA;
  if (!named) {
    throw new DataError(
      "resolveDataFolder: no data folder was named; give --data <folder> or set FACEBRIDGE_DATA to the folder that holds encoders/ and faces/",
    );
  }
  const folder = path.resolve(named);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError(`resolveDataFolder: ${folder} is no folder; name the one that holds encoders/ and faces/`);
  }
  return folder;
}

/**
 * `relative` under `folder`.
 *
 * @param what names the field in messages.
 * @throws DataError when `relative` is absolute, is empty or leads upwards.
 */
export function joinInside(folder: string, relative: string, what: string): string {
  checkInside(relative, what);
  return path.join(folder, relative);
}

/** @throws DataError when `relative` is absolute, is empty or leads upwards. */
export function checkInside(relative: string, what: string): void {
  const parts = relative.split(/[/\\]/);
  if (relative === "" || parts.includes("..") || parts[0] === "" || /^[A-Za-z]:/.test(relative) || relative.includes("\0")) {
    throw new DataError(`${what} is "${relative}"; it must be a relative path without "..", so that it stays inside its folder`);
  }
}

/** Whether `file`, links followed, lies inside `folder`, links followed. */
export async function staysInside(folder: string, file: string): Promise<boolean> {
  const relative = path.relative(await realpath(folder), await realpath(file));
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
