import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { calledBy } from "../cli/called-by.js";
import { listBlocks } from "./pages.js";

const { scripts } = JSON.parse(readFileSync(path.join(projectFolder, "package.json"), "utf8")) as { scripts: Record<string, string> };
const ownToNpm = new Set(["ci", "i"]);

/** The commands of a shell block: continued lines joined, comments taken off, `&&` and `;` taken apart. */
const lines = listBlocks("sh").flatMap(({ page, line: first, code }) => {
  const whole = code.replaceAll(/\\\n */g, "").replaceAll(/(^| +)#.*$/gm, "");
  return whole.split(/\n|&&|;/).flatMap((line) => (line.trim() === "" ? [] : [{ place: `${page}:${first}`, line: line.trim() }]));
});

test.each(lines.filter(({ line }) => line.startsWith("npx facebridge ")))(
  "$place: the command line understands $line",
  async ({ line }) => {
    expect(await calledBy(line.split(/\s+/).slice(2))).toMatch(/^facebridge /);
  },
);

test.each(lines.filter(({ line }) => line.startsWith("npm ")))("$place: npm has $line", ({ line }) => {
  const [, command, script] = line.split(/\s+/);
  expect(ownToNpm.has(command) || (command === "run" ? script : command) in scripts).toBe(true);
});
