import { spawnSync } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { projectFolder } from "../../lib/data/locate.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A second, built project without a Python environment, that a test may move. */
export async function copyProject(): Promise<string> {
  const folder = path.join(await temporaryFolder(), "project");
  await mkdir(folder);
  for (const part of ["dist", "jupyter", "package.json", "requirements.txt"]) {
    await cp(path.join(projectFolder, part), path.join(folder, part), { recursive: true });
  }
  await symlink(path.join(projectFolder, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run Node with these variables and no others. */
export function runNode(args: readonly string[], variables: NodeJS.ProcessEnv): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: variables, encoding: "utf8" });
  return { code: status, stdout, stderr };
}
