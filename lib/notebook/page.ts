import { createMarkdownRenderer, type MarkdownRenderer } from "./markdown.js";
import { hasTag, type Cell, type Notebook } from "./nbformat.js";
import { framePage, type PageLink } from "./page-frame.js";
import { renderOutput } from "./page-output.js";
import { pageScripts } from "./page-script.js";

export interface PageOptions {
  /** Of the document. Defaults to the notebook's first heading. */
  readonly title?: string;
  /** Above the notebook. @defaultValue none */
  readonly links?: readonly PageLink[];
}

/**
 * One HTML file of an executed notebook: prose, code folded but for the parameters, tables, figures that answer to the pointer, clouds
 * that turn.
 *
 * It asks for nothing, and a content-security policy keeps it so: the only scripts that run are Vega and the call that draws
 * the figures, named by their hashes. HTML in cells and outputs is shown as text, tables apart. The same notebook gives the
 * same bytes.
 */
export async function renderPage(notebook: Notebook, { title = firstHeading(notebook), links = [] }: PageOptions = {}): Promise<string> {
  const markdown = await createMarkdownRenderer();
  const sections: string[] = [];
  for (const cell of notebook.cells) {
    if (!hasTag(cell, "remove-cell")) sections.push(await renderCell(cell, markdown));
  }
  const body = sections.filter((section) => section !== "").join("\n");
  const scripts = body.includes('<figure class="live">') ? await pageScripts() : [];
  return framePage({ title, links, body, scripts });
}

async function renderCell(cell: Cell, markdown: MarkdownRenderer): Promise<string> {
  switch (cell.cell_type) {
    case "markdown":
      return `<section class="prose">${markdown.render(cell.source)}</section>`;
    case "raw":
      return "";
    case "code": {
      const isShown = shownTags.some((tag) => hasTag(cell, tag));
      const code = cell.source.trim() === "" ? "" : foldCode(markdown.highlight(cell.source), isShown);
      const outputs: string[] = [];
      for (const output of cell.outputs) outputs.push(await renderOutput(output, markdown));
      return `<section>${[code, ...outputs].join("\n")}</section>`;
    }
  }
}

/** Cells whose code is open. */
const shownTags = ["parameters", "injected-parameters"];

const foldCode = (highlighted: string, open: boolean): string =>
  `<details${open ? " open" : ""}><summary>Code</summary><pre><code>${highlighted}</code></pre></details>`;

/** The text of a notebook's first heading of level 1; "Notebook" where there is none. */
export function firstHeading(notebook: Notebook): string {
  const source = notebook.cells.find((cell) => cell.cell_type === "markdown" && /^# /m.test(cell.source))?.source ?? "";
  return /^# +(.+)$/m.exec(source)?.[1]?.trim() ?? "Notebook";
}
