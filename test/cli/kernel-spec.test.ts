import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { installKernelSpec, removeKernelSpec } from "../../lib/cli/kernel-spec.js";
import { projectFolder } from "../../lib/data/locate.js";
import { resultOf, startKernel } from "../kernel/kernel-client.js";
import { temporaryFolder } from "../temporary-folder.js";
import { copyProject, runNode } from "./project-copy.js";

interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly interrupt_mode: string;
}

async function readSpec(dataFolder: string): Promise<KernelSpec> {
  return JSON.parse(await readFile(path.join(dataFolder, "kernels", "facebridge", "kernel.json"), "utf8")) as KernelSpec;
}

test("the installed spec names this Node and a script that starts this project's kernel", async () => {
  const dataFolder = await temporaryFolder();
  await installKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  const { argv, display_name, interrupt_mode } = await readSpec(dataFolder);
  const start = path.join(dataFolder, "kernels", "facebridge", "start.mjs");
  expect(argv).toEqual([process.execPath, "--no-warnings", start, "{connection_file}"]);
  expect([display_name, interrupt_mode]).toEqual(["TypeScript (facebridge)", "message"]);

  const kernel = await startKernel(start);
  expect(resultOf(await kernel.run("process.cwd()"))).toBe(`'${projectFolder.replace(/\/$/, "")}'`);
  expect(await kernel.stop()).toBe(0);
});

test.each([
  [".local/share/jupyter", {}],
  ["elsewhere/jupyter", { XDG_DATA_HOME: "elsewhere" }],
])("without JUPYTER_DATA_DIR the spec goes to %s, and removal leaves the home folder empty", async (expected, relative) => {
  const home = await temporaryFolder();
  const variables = Object.fromEntries(Object.entries(relative).map(([name, folder]) => [name, path.join(home, folder)]));
  const environment = { HOME: home, ...variables };
  await installKernelSpec(environment);
  await installKernelSpec(environment);
  expect((await readSpec(path.join(home, expected))).argv[0]).toBe(process.execPath);
  await removeKernelSpec(environment);
  expect(await readdir(home)).toEqual([]);
});

test("removal keeps what somebody else has put beside the spec, and folders that were there before", async () => {
  const dataFolder = await temporaryFolder();
  await mkdir(path.join(dataFolder, "kernels"));
  await installKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  await writeFile(path.join(dataFolder, "kernels", "facebridge", "logo-64x64.png"), "");
  await removeKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  expect(await readdir(dataFolder, { recursive: true })).toEqual(["kernels", "kernels/facebridge", "kernels/facebridge/logo-64x64.png"]);

  await removeKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  expect(await readdir(path.join(dataFolder, "kernels", "facebridge"))).toEqual(["logo-64x64.png"]);
});

test.each([
  ["is another kernel's", JSON.stringify({ argv: ["python3"], display_name: "Mine" })],
  ["is no JSON", "{"],
])("a spec of the same name that %s is neither overwritten nor removed", async (_, text) => {
  const dataFolder = await temporaryFolder();
  const file = path.join(dataFolder, "kernels", "facebridge", "kernel.json");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  const refusal = `kernel-spec: ${file} was not written by this command; move it away first`;
  await expect(installKernelSpec({ JUPYTER_DATA_DIR: dataFolder })).rejects.toThrow(refusal);
  await expect(removeKernelSpec({ JUPYTER_DATA_DIR: dataFolder })).rejects.toThrow(refusal);
  expect(await readFile(file, "utf8")).toBe(text);
});

test("the kernel of another copy of the project is removed by that copy, or once it is gone or was taken over", async () => {
  const [project, dataFolder] = [await copyProject(), await temporaryFolder()];
  const variables = { PATH: process.env.PATH, JUPYTER_DATA_DIR: dataFolder };
  const inCopy = (verb: string): unknown => runNode([path.join(project, "dist/cli/main.js"), "kernel", verb], variables);
  const folder = path.join(dataFolder, "kernels", "facebridge");
  const refusal = `kernel-spec: ${folder} starts the kernel of ${project}/; run npm run kernel:remove there, or npm run kernel:install here first, which takes its place`;
  expect(inCopy("install")).toMatchObject({ code: 0 });
  await expect(removeKernelSpec({ JUPYTER_DATA_DIR: dataFolder })).rejects.toThrow(refusal);
  expect(await readdir(folder)).toEqual(["kernel.json", "start.mjs"]);

  await installKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  expect(inCopy("remove")).toMatchObject({ code: 1, stderr: expect.stringContaining(`starts the kernel of ${projectFolder};`) as string });
  expect(inCopy("install")).toMatchObject({ code: 0, stdout: expect.stringContaining(`took the place of the kernel of ${projectFolder}\n`) as string }); // prettier-ignore

  await rm(project, { recursive: true });
  await removeKernelSpec({ JUPYTER_DATA_DIR: dataFolder });
  expect(await readdir(dataFolder)).toEqual([]);
});

test("the spec of a project that has moved says so and what to run", async () => {
  const [project, dataFolder] = [await copyProject(), await temporaryFolder()];
  const variables = { PATH: process.env.PATH, JUPYTER_DATA_DIR: dataFolder };
  expect(runNode([path.join(project, "dist/cli/main.js"), "kernel", "install"], variables)).toMatchObject({ code: 0, stderr: "" });
  await rename(project, `${project}-moved`);
  const main = path.join(project, "dist", "kernel", "main.js");
  expect(runNode([path.join(dataFolder, "kernels", "facebridge", "start.mjs"), "connection.json"], variables)).toEqual({
    code: 1,
    stdout: "",
    stderr: `facebridge: ${main} is not there; the project has moved or is not built: run "npm run build" and "npm run kernel:install" in it\n`,
  });
});
