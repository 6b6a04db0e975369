import { spawn } from "node:child_process";
import { isEnvironmentReady, jupyterVariables, environmentPython } from "../../lib/cli/python-environment.js";
import { root } from "./kernel-client.js";

/** Whether Jupyter's own tools are there; if not, the tests that need them are skipped, and this says so. */
export const hasJupyter: boolean = isEnvironmentReady();
if (!hasJupyter) {
  process.stderr.write("SKIPPED: tests with Jupyter's own tools; `npm run test:kernel` installs them under .venv first\n");
}

/** Run Python of the project's environment. @returns its exit code and what it wrote */
export async function runPython(args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(environmentPython, args, { cwd: root, env: jupyterVariables() });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  return { code, text };
}
