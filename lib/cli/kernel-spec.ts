import { existsSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/index.js";
import { print } from "./terminal.js";
import { needWorkingCopy } from "./working-copy.js";

interface Spec {
  readonly argv?: readonly string[];
  readonly metadata?: { readonly facebridge?: Partial<Written> };
}

/** What the spec says of its own making. */
interface Written {
  readonly project: string;
  /** The uppermost folder that had to be made for it. */
  readonly made: string;
}

/** `npm run kernel:install`: register the kernel for the user's own JupyterLab or VS Code. */
export async function installKernelSpec(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  needWorkingCopy("kernel install");
  const folder = specFolder(environment);
  const earlier = await readOwnSpec(folder);
  const template = JSON.parse(await readFile(path.join(projectFolder, "jupyter", "kernels", "facebridge", "kernel.json"), "utf8")) as Spec;
  const start = path.join(folder, "start.mjs");
  const made = (await mkdir(folder, { recursive: true })) ?? earlier?.made ?? folder;
  const spec = {
    ...template,
    argv: [process.execPath, "--no-warnings", start, "{connection_file}"],
    metadata: { facebridge: { project: projectFolder, made } satisfies Written },
  };
  await writeFile(start, startScript(path.join(projectFolder, "dist", "kernel", "main.js")));
  await writeFile(path.join(folder, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
  if (earlier !== null && !isThisProject(earlier)) print(`took the place of the kernel of ${earlier.project}`);
  print(`installed ${folder}\nIt starts the kernel of ${projectFolder}; run npm run kernel:install again when the project moves.`);
}

/**
 * `npm run kernel:remove`: delete exactly what {@link installKernelSpec} wrote.
 *
 * @throws DataError when another copy of the project, which is still there, has registered its kernel.
 */
export async function removeKernelSpec(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const folder = specFolder(environment);
  const written = await readOwnSpec(folder);
  if (written === null) {
    print(`nothing to remove: ${folder} holds no kernel`);
    return;
  }
  if (!isThisProject(written) && existsSync(written.project)) {
    throw new DataError(
      `kernel-spec: ${folder} starts the kernel of ${written.project}; run npm run kernel:remove there, or npm run kernel:install here first, which takes its place`,
    );
  }
  for (const name of ["kernel.json", "start.mjs"]) await rm(path.join(folder, name), { force: true });
  await removeEmptyFolders(folder, written.made);
  print(`removed ${folder}`);
}

function isThisProject({ project }: Written): boolean {
  return path.resolve(project) === path.resolve(projectFolder);
}

/** From the innermost up to `uppermost`; what somebody else has put into one keeps it, and those above. */
async function removeEmptyFolders(innermost: string, uppermost: string): Promise<void> {
  for (let folder = innermost; folder.startsWith(uppermost); folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** Where Jupyter looks for the user's kernels. */
function specFolder(environment: NodeJS.ProcessEnv): string {
  const home = environment.HOME ?? homedir();
  const defaults: Partial<Record<NodeJS.Platform, string>> = {
    darwin: path.join(home, "Library", "Jupyter"),
    win32: path.join(environment.APPDATA ?? path.join(home, "AppData", "Roaming"), "jupyter"),
  };
  const linux = path.join(environment.XDG_DATA_HOME ?? path.join(home, ".local", "share"), "jupyter");
  return path.join(environment.JUPYTER_DATA_DIR ?? defaults[process.platform] ?? linux, "kernels", "facebridge");
}

/**
 * What {@link installKernelSpec} wrote into the folder, or null where there is no kernel.
 *
 * @throws DataError when the folder holds a kernel that is not this project's kind.
 */
async function readOwnSpec(folder: string): Promise<Written | null> {
  const file = path.join(folder, "kernel.json");
  if (!existsSync(file)) return null;
  let spec: Spec = {};
  try {
    spec = JSON.parse(await readFile(file, "utf8")) as Spec;
  } catch {
    // Whatever it is, it is not what was written here.
  }
  const { project, made } = spec.metadata?.facebridge ?? {};
  if (typeof project !== "string" || typeof made !== "string") {
    throw new DataError(`kernel-spec: ${file} was not written by this command; move it away first`);
  }
  return { project, made };
}

function startScript(main: string): string {
  return `import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const main = ${JSON.stringify(main)};
if (!existsSync(main)) {
  console.error(\`facebridge: \${main} is not there; the project has moved or is not built: run "npm run build" and "npm run kernel:install" in it\`);
  process.exit(1);
}
await import(pathToFileURL(main).href);
`;
}
