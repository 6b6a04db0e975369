import { escapeHtml } from "./html.js";
import { createMarkdownRenderer } from "./markdown.js";
import type { Notebook } from "./nbformat.js";
import { framePage } from "./page-frame.js";
import { picturesOf } from "./pictures.js";

/** One notebook of a site. */
export interface IndexEntry {
  readonly title: string;
  /** Of its page, relative to the index. */
  readonly href: string;
  /** A line about it: its number, or the parameters of a run. */
  readonly detail: string;
  /** Small picture of its first figure, PNG; null where it has none. */
  readonly thumbnail: Uint8Array | null;
}

export interface IndexOptions {
  readonly title: string;
  /** Markdown above the notebooks. */
  readonly introduction: string;
  readonly notebooks: readonly IndexEntry[];
  /** Runs with other parameters. */
  readonly runs: readonly IndexEntry[];
}

/** The page that leads to all others: as self-contained as they are, and without any script. */
export async function renderIndex({ title, introduction, notebooks, runs }: IndexOptions): Promise<string> {
  const markdown = await createMarkdownRenderer();
  const sections = [
    `<section class="prose">${markdown.render(`# ${title}\n\n${introduction}`)}</section>`,
    cards("Notebooks", notebooks),
    cards("Runs with other parameters", runs),
  ];
  return framePage({ title, links: [], body: sections.filter((section) => section !== "").join("\n"), scripts: [] });
}

function cards(heading: string, entries: readonly IndexEntry[]): string {
  if (entries.length === 0) return "";
  const items = entries.map(({ title, href, detail, thumbnail }) => {
    // The picture says no more than the page that the title leads to.
    const image = thumbnail === null ? "" : `<img alt="" src="data:image/png;base64,${Buffer.from(thumbnail).toString("base64")}">`;
    return `<li>${image}<a href="${escapeHtml(href)}">${escapeHtml(title)}</a><p>${escapeHtml(detail)}</p></li>`;
  });
  return `<section><h2>${heading}</h2>\n<ul class="cards">\n${items.join("\n")}\n</ul></section>`;
}

/** Longer side of a thumbnail, in pixels. */
const thumbnailSize = 480;

/** The first figure of an executed notebook as a small PNG; null where it has none. */
export async function drawThumbnail({ cells }: Notebook): Promise<Uint8Array | null> {
  const first = cells.flatMap(picturesOf).at(0);
  if (first === undefined) return null;
  const { default: sharp } = await import("sharp");
  return sharp("svg" in first ? Buffer.from(first.svg) : first.png)
    .trim()
    .trim()
    .resize(thumbnailSize, thumbnailSize, { fit: "inside" })
    .png({ palette: true, colours: 32 })
    .toBuffer();
}
