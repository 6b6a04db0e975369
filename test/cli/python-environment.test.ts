import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { labCommand } from "../../lib/cli/lab.js";
import { temporaryFolder } from "../temporary-folder.js";
import { copyProject, runNode, type Ended } from "./project-copy.js";

const noPython =
  "DataError: ensureEnvironment: no Python 3.10 or newer was found, which JupyterLab needs; install python3 (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python; Windows: python.org)\n";

/** Start the lab of a project without .venv, where the only program is this python3. */
async function startLab(python3: string | null): Promise<Ended & { readonly project: string }> {
  const [project, programs] = [await copyProject(), await temporaryFolder()];
  if (python3 !== null) await writeFile(path.join(programs, "python3"), `#!/bin/sh\n${python3}\n`, { mode: 0o755 });
  const args = [path.join(project, "dist/cli/main.js"), "lab", project, "--no-browser"];
  return { project, ...runNode(args, { PATH: programs, HOME: programs }) };
}

test("a machine without Python gets one line that says what to install", async () => {
  const { project, ...ended } = await startLab(null);
  expect(ended).toEqual({ code: 1, stdout: "", stderr: noPython });
  expect(existsSync(path.join(project, ".venv"))).toBe(false);
});

test("a Python older than 3.10 is the same as none", async () => {
  expect(await startLab("exit 1")).toMatchObject({ code: 1, stderr: noPython });
});

test("a Python that cannot make environments is told from a missing one", async () => {
  const { code, stderr } = await startLab('test "$1" = -c');
  expect(code).toBe(1);
  expect(stderr).toContain("ensureEnvironment: -m venv ended with code 1; on Debian and Ubuntu install python3-venv too");
});

test("the lab refuses a folder that is not there before it installs anything", async () => {
  await expect(labCommand("no-such-folder")).rejects.toThrow(
    `labCommand: ${path.resolve("no-such-folder")} is no folder; name one that holds notebooks`,
  );
});
