import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../lib/data/locate.js";

/** What git has, or would have: what is on disk alone is not in a clone. */
export const files: ReadonlySet<string> = new Set(
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: projectFolder, encoding: "utf8" }).split("\n"),
);

/** The Markdown pages among them. */
export const pages: readonly string[] = [...files].filter((file) => file.endsWith(".md"));

/** The text of a page. */
export function readPage(page: string): string {
  return readFileSync(path.join(projectFolder, page), "utf8");
}

/** Code between fences. */
export interface CodeBlock {
  readonly page: string;
  /** Of its first line. */
  readonly line: number;
  readonly code: string;
}

/** The code blocks of a language in all pages. */
export function listBlocks(language: string): CodeBlock[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, "gms");
  return pages.flatMap((page) => {
    const text = readPage(page);
    return [...text.matchAll(fence)].map(({ 1: indent, 2: code, index }) => ({
      page,
      line: text.slice(0, index).split("\n").length + 1,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }));
  });
}
