import { createHash } from "node:crypto";
import { escapeHtml } from "./html.js";
import { pageStyle } from "./page-style.js";

/** A link of a page's head: to another page, or to a file beside it that the browser keeps. */
export interface PageLink {
  readonly text: string;
  /** Relative to the page. */
  readonly href: string;
  /** @defaultValue false */
  readonly download?: boolean;
}

export interface FrameOptions {
  readonly title: string;
  readonly links: readonly PageLink[];
  /** HTML. */
  readonly body: string;
  /** The only scripts that run, by their hashes. */
  readonly scripts: readonly string[];
}

/** A whole document that asks for nothing: its content-security policy forbids all but what it holds itself. */
export function framePage({ title, links, body, scripts }: FrameOptions): string {
  const anchors = links.map(({ text, href, download = false }) => {
    return `<a href="${escapeHtml(href)}"${download ? " download" : ""}>${escapeHtml(text)}</a>`;
  });
  const head = anchors.length === 0 ? "" : `<header><nav aria-label="Site">${anchors.join(" ")}</nav></header>\n`;
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
${head}<main>
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
