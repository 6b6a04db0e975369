import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { files, pages, readPage } from "./pages.js";

interface Link {
  /** Relative to the project; the page itself for a link within it. */
  readonly file: string;
  /** Of a heading; empty where the link is to the whole file. */
  readonly anchor: string;
}

/** The links of a page that lead to files of the project, pictures included. */
function linksOf(page: string): Link[] {
  const text = readPage(page).replaceAll(/```.*?```/gs, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target);
  const pictures = [...text.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, target]) => target);
  return [...links, ...pictures]
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file, anchor = ""] = target.split("#");
      return { file: file === "" ? page : path.join(path.dirname(page), file), anchor };
    });
}

/** The anchors that code hosts give the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const headings = [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test.each(pages)("every file and heading that %s links to is there", (page) => {
  const missing = linksOf(page).filter(({ file, anchor }) => {
    if (anchor !== "" && pages.includes(file)) return !anchorsOf(file).has(anchor);
    return !files.has(file) && !existsSync(path.join(projectFolder, file, "."));
  });
  expect(missing).toEqual([]);
});

test("every page of docs/ is named by its index", () => {
  const linked = new Set(linksOf("docs/README.md").map(({ file }) => file));
  const inDocs = pages.filter((page) => path.dirname(page) === "docs" && page !== "docs/README.md");
  expect(inDocs.filter((page) => !linked.has(page))).toEqual([]);
});
