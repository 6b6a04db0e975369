import type { UnpackOptions } from "./archive-members.js";
import { unpackTar } from "./unpack-tar.js";
import { unpackZip } from "./unpack-zip.js";

/**
 * Unpack an archive into a folder. Files and folders alone: a link, a device, a name that leads out of the folder or is there twice, and more bytes
 * or files than the limits end it with an error. What was written by then stays, so give a folder that is thrown away on an error.
 *
 * @returns the names of the files.
 * @throws DataError when the archive is damaged or refused.
 */
export function unpackArchive(file: string, folder: string, format: "zip" | "tar.gz", options: UnpackOptions): Promise<string[]> {
  return format === "zip" ? unpackZip(file, folder, options) : unpackTar(file, folder, options);
}
