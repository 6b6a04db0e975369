import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { projectFolder } from "../lib/data/locate.js";

let folder: string | null | undefined;

/** The folder with real networks and face images, or null, loudly, where there is none. */
export function realDataFolder(): string | null {
  if (folder !== undefined) return folder;
  const candidates = [process.env.FACEBRIDGE_DATA, path.join(projectFolder, "../shared/data")];
  folder = candidates.find((candidate) => candidate && existsSync(path.join(candidate, "encoders"))) ?? null;
  if (folder === null) {
    // eslint-disable-next-line no-console -- whoever reads the result must see that these tests did not run
    console.warn(
      "\n!!! SKIPPED: tests on real networks and images. Set FACEBRIDGE_DATA to the folder with encoders/ and faces/ to run them.\n",
    );
  }
  return folder;
}
