import { execFileSync } from "node:child_process";
import process from "node:process";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { listBlocks } from "./pages.js";

test("the first block of the README prints what its last lines say", () => {
  const { code } = listBlocks("ts").find(({ page }) => page === "README.md")!;
  const expected = [...code.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(expected.length).toBeGreaterThan(1);
  const input = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText;
  const env = { ...process.env, FACEBRIDGE_STUDY_CACHE: "off" };
  const printed = execFileSync(process.execPath, ["--input-type=module", "-"], { input, cwd: projectFolder, env, encoding: "utf8" });
  expect(printed.trimEnd().split("\n")).toEqual(expected);
});
