import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { projectFolder } from "../../lib/data/locate.js";
import { writeNotebook } from "../../lib/notebook/nbformat.js";
import { notebookOf } from "../kernel/notebooks.js";
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

/** A copy with the embedded pack, and one small notebook: a sweep of it measures one pair of networks. */
export async function copyProjectWithStudy(): Promise<string> {
  const folder = await copyProject();
  for (const part of ["data", "data-manifests"]) await symlink(path.join(projectFolder, part), path.join(folder, part));
  await mkdir(path.join(folder, "notebooks"));
  await writeNotebook(path.join(folder, "notebooks", "small.ipynb"), notebookOf({ source: parameters, tags: ["parameters"] }, ...cells));
  return folder;
}

const parameters = `let seed = 0; // of the split
let encoders = ["face_esp_mbf", "face_mobileface_v2"]; // source and target
let fraction = 0.2; // of the training people
let resultFolder = "runs/small"; // where the rows go`;

const cells: readonly string[] = [
  'import { drawCmc } from "facebridge/figures";\nimport { showFigure } from "facebridge/notebook";\nimport { openStudy, runStudy, writeResultFile } from "facebridge/study";',
  `const [source, target] = encoders;
const pair = { pairs: [{ source, target }], maps: ["procrustes"], fitSet: "lfw", testSet: "lfw", seed, fraction };
const spec = { experiment: "small", ...pair, frames: ["raw" as const], ranks: [1], fmrs: [0.01] };
const { rows, curves } = await runStudy(spec, await openStudy());
await writeResultFile(\`\${resultFolder}/small.json\`, rows);`,
  "await showFigure(drawCmc(curves.map(({ map, cmc }) => ({ label: map, ranks: cmc.map((_, i) => i + 1), rates: cmc }))));",
];

/** The command of a copy. */
export const commandOf = (folder: string): string => path.join(folder, "dist", "cli", "main.js");

/** Every file under a folder, by its path in it, as base64. */
export async function bytesUnder(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, "base64")] as const)),
  );
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
