import path from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

/** A new folder with the user's own `local/` in it, until the test has finished. */
export async function ownLocalFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const outside = process.env.FACEBRIDGE_LOCAL;
  process.env.FACEBRIDGE_LOCAL = path.join(folder, "local");
  onTestFinished(() => {
    if (outside === undefined) delete process.env.FACEBRIDGE_LOCAL;
    else process.env.FACEBRIDGE_LOCAL = outside;
  });
  return folder;
}
