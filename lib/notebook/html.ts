/** Text as it stands in HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** A table that scrolls by itself where the page is narrow, with the keyboard too. */
export function scrollingTable(table: string): string {
  return `<div class="table" tabindex="0" role="group" aria-label="Table">${table}</div>`;
}
