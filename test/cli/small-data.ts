import { execFile, type ExecFileException } from "node:child_process";
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { projectFolder } from "../../lib/data/locate.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A data folder with all networks and 64 images: 16 people of LFW, four images each. */
export async function smallDataFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const real = realDataFolder()!;
  await symlink(path.resolve(real, "encoders"), path.join(folder, "encoders"));
  const from = path.join(real, "faces/lfw/images");
  let people = 0;
  for (const person of (await readdir(from)).sort()) {
    const images = (await readdir(path.join(from, person))).sort();
    if (images.length < 4 || people === 16) continue;
    people++;
    const to = path.join(folder, "faces/lfw/images", person);
    await mkdir(to, { recursive: true });
    for (const image of images.slice(0, 4)) await cp(path.join(from, person, image), path.join(to, image));
  }
  return folder;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly killAfterMs?: number;
  /** @defaultValue "SIGKILL" */
  readonly killWith?: NodeJS.Signals;
  /** Variables beside those that are set. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Run the built command. */
export function facebridge(
  args: readonly string[],
  { killAfterMs, killWith = "SIGKILL", environment }: RunCommandOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(projectFolder, "dist/cli/main.js"), ...args],
      { maxBuffer: 1e8, env: { ...process.env, ...environment } },
      (error: ExecFileException | null, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 137) : 0, stdout, stderr });
      },
    );
    if (killAfterMs !== undefined) setTimeout(() => child.kill(killWith), killAfterMs);
  });
}
