import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../lib/data/locate.js";

/** What git has, or would have: what is on disk alone is not in a clone. */
const files = new Set(
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: projectFolder, encoding: "utf8" }).split("\n"),
);
const pages = [...files].filter((file) => file.endsWith(".md"));

test.each(pages)("every file that %s links to is there", (page) => {
  const text = readFileSync(path.join(projectFolder, page), "utf8");
  const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
  const missing = targets.filter((target) => {
    const file = path.join(path.dirname(page), target);
    return !files.has(file) && !existsSync(path.join(projectFolder, file, "."));
  });
  expect(missing).toEqual([]);
});
