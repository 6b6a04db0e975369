import { stripVTControlCharacters } from "node:util";
import { compileFigure, describeFigure, type VegaProgram } from "../figures/bundle.js";
import type { Figure } from "../figures/figure.js";
import { turnCloud } from "../figures/turning-cloud.js";
import { escapeHtml, scrollingTable } from "./html.js";
import type { MarkdownRenderer } from "./markdown.js";
import type { MimeBundle, Output } from "./nbformat.js";
import { safeTable } from "./safe-table.js";

/** One output of a cell as HTML that runs nothing by itself. */
export async function renderOutput(output: Output, markdown: MarkdownRenderer): Promise<string> {
  switch (output.output_type) {
    case "stream":
      return preformatted(output.text, output.name);
    case "error":
      return preformatted(output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`, "error");
    case "display_data":
    case "execute_result":
      return renderBundle(output.data, markdown);
  }
}

/** The richest form that the page can show: live figure, cloud that turns, table, prose, image, text. */
async function renderBundle(data: MimeBundle, markdown: MarkdownRenderer): Promise<string> {
  const figure = data["application/vnd.vegalite.v5+json"];
  if (typeof figure === "object" && figure !== null) {
    const words = describeFigure(figure as Figure);
    return renderLive(await compileFigure(figure as Figure), { ...data, "text/plain": words });
  }
  const cloud = turnCloud(data["application/vnd.plotly.v1+json"]);
  if (cloud !== null) return renderLive(cloud, data);
  const html = textOf(data, "text/html");
  const table = html === null ? null : safeTable(html);
  if (table !== null) return scrollingTable(table);
  const prose = textOf(data, "text/markdown") ?? textOf(data, "text/latex");
  if (prose !== null) return `<div class="prose">${markdown.render(prose)}</div>`;
  const image = renderImage(data);
  if (image !== null) return `<figure>${image}</figure>`;
  return preformatted(textOf(data, "text/plain") ?? html ?? JSON.stringify(data, null, 2), "stdout");
}

/** The image is what is seen until, or unless, the page's script draws the live figure from the program beside it. */
function renderLive(program: VegaProgram, data: MimeBundle): string {
  const text = JSON.stringify({ ...withoutSilentMarks(program), description: describe(data) }).replaceAll("<", "\\u003c");
  const image = renderImage(data) ?? preformatted(textOf(data, "text/plain") ?? "[figure]", "stdout");
  return `<figure class="live"><div class="static">${image}</div><div class="drawn"></div><script type="application/json">${text}</script></figure>`;
}

interface Mark {
  readonly type: string;
  readonly marks?: readonly Mark[];
  readonly encode?: { readonly update?: { readonly description?: unknown } };
}

/**
 * Marks that have no words of their own are nothing to a screen reader: the figure's words speak for them. The others are named by what they
 * are, also where there is none of them.
 */
function withoutSilentMarks<T extends { readonly marks?: unknown }>(group: T): T {
  const { marks = [] } = group as { marks?: readonly Mark[] };
  const named = marks.map((mark) => {
    if (mark.type === "group") return withoutSilentMarks(mark);
    return mark.encode?.update?.description === undefined ? { ...mark, aria: false } : { ...mark, description: `${mark.type} marks` };
  });
  return { ...group, marks: named };
}

function renderImage(data: MimeBundle): string | null {
  const alt = escapeHtml(describe(data));
  const svg = textOf(data, "image/svg+xml");
  if (svg !== null) return `<img alt="${alt}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">`;
  for (const type of ["image/png", "image/jpeg", "image/gif"]) {
    const base64 = textOf(data, type)?.replace(/\s/g, "");
    if (base64 !== undefined && /^[A-Za-z0-9+/]+=*$/.test(base64)) return `<img alt="${alt}" src="data:${type};base64,${base64}">`;
  }
  return null;
}

/** What a picture shows, for who does not see it. */
const describe = (data: MimeBundle): string => (textOf(data, "text/plain") ?? "figure").replace(/^\[(.*)\]$/s, "$1");

function textOf(data: MimeBundle, type: string): string | null {
  const form = data[type];
  return typeof form === "string" ? form : null;
}

const preformatted = (text: string, kind: "stdout" | "stderr" | "error"): string =>
  `<pre class="${kind}">${escapeHtml(stripVTControlCharacters(text).trimEnd())}</pre>`;
