import path from "node:path";

/** What something is called where the user names it nothing: its file's or folder's name without an ending, of the characters that ids have. */
export function idFromPath(file: string): string {
  return path.basename(path.resolve(file), path.extname(file)).replace(/[^A-Za-z0-9._-]+/g, "_");
}
