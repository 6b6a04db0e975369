import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/index.js";

const environmentFolder = path.join(projectFolder, ".venv");
const cacheFolder = path.resolve(process.env.FACEBRIDGE_LAB_CACHE ?? path.join(projectFolder, ".cache"));
const requirements = path.join(projectFolder, "requirements.txt");
/** Says which requirements were installed to the end. */
const stamp = path.join(environmentFolder, "requirements.sha256");
const isWindows = process.platform === "win32";

/** The interpreter of the project's own Python environment. */
export const environmentPython: string = path.join(environmentFolder, ...(isWindows ? ["Scripts", "python.exe"] : ["bin", "python"]));

/** Where JupyterLab keeps settings and state. */
export const labStateFolder: string = path.join(cacheFolder, "jupyter");

/** How to get the Python that {@link findPython} looks for. */
export const pythonAdvice =
  "install python3 (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python; Windows: python.org)";

/** The name that starts a Python of 3.10 or newer, and its version; null where there is none. */
export function findPython(): { readonly name: string; readonly version: string } | null {
  const check = "import sys; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 10))";
  for (const name of ["python3", "python", ...(isWindows ? ["py"] : [])]) {
    const { status, stdout } = spawnSync(name, ["-c", check], { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });
    if (status === 0) return { name, version: stdout.trim() };
  }
  return null;
}

/** Whether the environment holds what requirements.txt asks for. */
export function isEnvironmentReady(): boolean {
  return existsSync(environmentPython) && existsSync(stamp) && readFileSync(stamp, "utf8") === requirementsHash();
}

/**
 * Make `.venv` from requirements.txt where it is missing or older; pip's cache stays inside the project too.
 *
 * @param say takes a line about the work.
 * @throws DataError when there is no Python 3, or when a step fails.
 */
export async function ensureEnvironment(say: (text: string) => void): Promise<void> {
  if (isEnvironmentReady()) return;
  const python = findPython();
  if (python === null) {
    throw new DataError(`ensureEnvironment: no Python 3.10 or newer was found, which JupyterLab needs; ${pythonAdvice}`);
  }
  say(`installing JupyterLab under ${path.relative(process.cwd(), environmentFolder) || environmentFolder} (once; about 320 MB)`);
  await runStep([python.name, "-m", "venv", "--clear", environmentFolder], "on Debian and Ubuntu install python3-venv too");
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
  await runStep([environmentPython, ...install], "see that pip reaches its package index, then run the same command again");
  // JupyterLab brings scripts for Node that are no modules, which this project's package.json would make them.
  writeFileSync(path.join(environmentFolder, "package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(stamp, requirementsHash());
}

/**
 * Variables with which Jupyter finds the project's kernel and settings, and keeps all that it writes inside the project, in
 * a folder that this makes.
 */
export function jupyterVariables(): NodeJS.ProcessEnv {
  const state = labStateFolder;
  mkdirSync(state, { recursive: true });
  const folders = [path.join(projectFolder, "jupyter"), process.env.JUPYTER_PATH].filter((folder) => folder !== undefined);
  return {
    ...process.env,
    PIP_CACHE_DIR: path.join(cacheFolder, "pip"),
    JUPYTER_PATH: folders.join(path.delimiter),
    JUPYTER_CONFIG_PATH: path.join(projectFolder, "jupyter", "config"),
    JUPYTER_CONFIG_DIR: path.join(state, "config"),
    JUPYTER_DATA_DIR: path.join(state, "data"),
    JUPYTER_RUNTIME_DIR: path.join(state, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: path.join(state, "lab-settings"),
    JUPYTERLAB_WORKSPACES_DIR: path.join(state, "lab-workspaces"),
    IPYTHONDIR: path.join(state, "ipython"),
  };
}

/** Run the environment's Python with {@link jupyterVariables}. @returns its exit code */
export async function runEnvironmentPython(args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  const child = spawn(environmentPython, args, { cwd: projectFolder, env: jupyterVariables(), stdio: "inherit", ...options });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  // A terminal sends Ctrl-C to the child itself; this process then waits for its end.
  const stay = (): void => undefined;
  process.on("SIGTERM", forward).on("SIGHUP", forward).on("SIGINT", stay);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject).once("exit", (code, signal) => {
        resolve(code ?? (signal === null ? 1 : 130));
      });
    });
  } finally {
    process.off("SIGTERM", forward).off("SIGHUP", forward).off("SIGINT", stay);
  }
}

function requirementsHash(): string {
  return createHash("sha256").update(readFileSync(requirements)).digest("hex");
}

async function runStep([command, ...args]: readonly string[], advice: string): Promise<void> {
  const child = spawn(command, args, { cwd: projectFolder, env: jupyterVariables(), stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new DataError(`ensureEnvironment: ${args.slice(0, 2).join(" ")} ended with code ${code ?? "none"}; ${advice}`);
}
