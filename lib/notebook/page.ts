import { createHash } from "node:crypto";
import { escapeHtml } from "./html.js";
import { createMarkdownRenderer, type MarkdownRenderer } from "./markdown.js";
import { hasTag, type Cell, type Notebook } from "./nbformat.js";
import { renderOutput } from "./page-output.js";
import { pageScripts } from "./page-script.js";
import { pageStyle } from "./page-style.js";

export interface PageOptions {
  /** Of the document. Defaults to the notebook's first heading. */
  readonly title?: string;
}

/**
 * One HTML file of an executed notebook: prose, code folded but for the parameters, tables, figures that answer to the pointer.
 *
 * It asks for nothing, and a content-security policy keeps it so: the only scripts that run are Vega and the call that draws
 * the figures, named by their hashes. HTML in cells and outputs is shown as text, tables apart. The same notebook gives the
 * same bytes.
 */
export async function renderPage(notebook: Notebook, { title = firstHeading(notebook) }: PageOptions = {}): Promise<string> {
  const markdown = await createMarkdownRenderer();
  const sections: string[] = [];
  for (const cell of notebook.cells) {
    if (!cell.metadata.tags?.includes("remove-cell")) sections.push(await renderCell(cell, markdown));
  }
  const body = sections.filter((section) => section !== "").join("\n");
  const scripts = body.includes('<figure class="live">') ? await pageScripts() : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${body}
</main>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

function policyFor(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const scriptSource = hashes.length === 0 ? "'none'" : hashes.join(" ");
  return `default-src 'none'; script-src ${scriptSource}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

async function renderCell(cell: Cell, markdown: MarkdownRenderer): Promise<string> {
  switch (cell.cell_type) {
    case "markdown":
      return `<section class="prose">${markdown.render(cell.source)}</section>`;
    case "raw":
      return "";
    case "code": {
      const code =
        cell.source.trim() === ""
          ? ""
          : foldCode(
              markdown.highlight(cell.source),
              shownTags.some((tag) => hasTag(cell, tag)),
            );
      const outputs: string[] = [];
      for (const output of cell.outputs) outputs.push(await renderOutput(output, markdown));
      return `<section>${[code, ...outputs].join("\n")}</section>`;
    }
  }
}

const shownTags = ["parameters", "injected-parameters"];

const foldCode = (highlighted: string, open: boolean): string =>
  `<details${open ? " open" : ""}><summary>Code</summary><pre><code>${highlighted}</code></pre></details>`;

function firstHeading(notebook: Notebook): string {
  const source = notebook.cells.find((cell) => cell.cell_type === "markdown" && /^# /m.test(cell.source))?.source ?? "";
  return /^# +(.+)$/m.exec(source)?.[1]?.trim() ?? "Notebook";
}
