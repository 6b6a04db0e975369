import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { temporaryFolder } from "../temporary-folder.js";

const moduleAt = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);

const product = `
  const { createOnnxEngine } = await import(${moduleAt("linalg/index.js")});
  const matrix = { data: Float32Array.of(1, 2, 3, 4), rows: 2, columns: 2 };
  await createOnnxEngine().product(matrix, matrix);`;

/** What a program leaves in an empty home folder; onnxruntime by itself is silent where CI is set, so that it is not here. */
async function leftBy(program: string): Promise<readonly string[]> {
  const home = await temporaryFolder();
  const options = { cwd: projectFolder, env: { PATH: process.env.PATH, HOME: home }, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], options);
  expect([status, stderr]).toEqual([0, ""]);
  return readdir(home, { recursive: true });
}

test("a product leaves nothing in the home folder", async () => {
  expect(await leftBy(product)).toEqual([]);
});

test("nor does a product on a thread, when the main thread forbids it first", async () => {
  const onThread = `
  const { forbidTelemetry } = await import(${moduleAt("linalg/load-onnx.js")});
  const { Worker } = await import("node:worker_threads");
  forbidTelemetry();
  const source = ${JSON.stringify(`(async () => {${product}})()`)};
  await new Promise((resolve, reject) => new Worker(source, { eval: true }).once("error", reject).once("exit", resolve));`;
  expect(await leftBy(onThread)).toEqual([]);
});

test("only load-onnx.ts loads onnxruntime-node, and whoever starts threads that use it forbids telemetry", () => {
  const lib = path.join(projectFolder, "lib");
  const sources = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const loading = sources.filter((file) => /import\("onnxruntime-node"\)/.test(readFileSync(path.join(lib, file), "utf8")));
  expect(loading).toEqual([path.join("linalg", "load-onnx.ts")]);
  for (const file of ["encoders/run-blocks.ts", "study/measure-tasks.ts"])
    expect(readFileSync(path.join(lib, file), "utf8")).toMatch(/forbidTelemetry\(\);\n\s*await runOnWorkers</);
});
