import { statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { DataError } from "../core/errors.js";
import { projectFolder } from "../data/index.js";
import { ensureEnvironment, labStateFolder, runEnvironmentPython } from "./python-environment.js";
import { say } from "./terminal.js";
import { needWorkingCopy } from "./working-copy.js";

export interface LabOptions {
  /** The first port to try; a busy one gets the next. @defaultValue 8888 */
  readonly port?: number;
  /** Open the lab in the user's browser. @defaultValue true */
  readonly browser?: boolean;
}

/** `facebridge lab --install`: only what the lab needs. */
export async function installLab(): Promise<void> {
  await ensureEnvironment(say);
}

/**
 * `facebridge lab`: JupyterLab on 127.0.0.1, behind a token, with the notebooks open and the project's kernel as default.
 *
 * @param folder what is opened, from the working directory on.
 * @throws DataError when the folder is none, or there is no working copy.
 */
export async function labCommand(
  folder: string = path.join(projectFolder, "notebooks"),
  { port = 8888, browser = true }: LabOptions = {},
): Promise<void> {
  needWorkingCopy("lab");
  const opened = path.resolve(folder);
  if (!statSync(opened, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError(`labCommand: ${opened} is no folder; name one that holds notebooks`);
  }
  await ensureEnvironment(say);
  const checkpoints = path.join(labStateFolder, "checkpoints");
  await mkdir(checkpoints, { recursive: true });
  process.exitCode = await runEnvironmentPython([
    "-m",
    "jupyterlab",
    `--ServerApp.root_dir=${opened}`,
    `--ServerApp.port=${port}`,
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    "--ServerApp.answer_yes=True",
    `--FileCheckpoints.checkpoint_dir=${checkpoints}`,
    // The template of exported pages takes Vega and KaTeX from there.
    `--TemplateExporter.extra_template_paths=${path.join(projectFolder, "node_modules")}`,
    // Jupyter refuses the superuser, who is the only user of many containers.
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ]);
}
