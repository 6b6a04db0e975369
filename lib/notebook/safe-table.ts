const allowedTags = new Set("table caption thead tbody tfoot tr th td b strong i em code sub sup br img".split(" "));
const voidTags = new Set(["br", "img"]);

/**
 * The HTML of a table, rebuilt from an allow-list of tags and attributes; null when it holds anything else, is not well
 * nested, or is no table: such HTML is to be shown as text.
 */
export function safeTable(html: string): string | null {
  const pieces: string[] = [];
  const open: string[] = [];
  const pattern = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*\/?>|([^<]+)|(<)/giy;
  for (const [, slash, tag, attributes, text, stray] of html.trim().matchAll(pattern) as Iterable<(string | undefined)[]>) {
    if (stray !== undefined) return null;
    if (text !== undefined) {
      if (open.length === 0 && text.trim() !== "") return null;
      pieces.push(text.replaceAll(">", "&gt;"));
      continue;
    }
    const name = tag!.toLowerCase();
    if (!allowedTags.has(name) || (open.length === 0 && name !== "table" && slash === "")) return null;
    if (slash === "/") {
      if (open.pop() !== name) return null;
      pieces.push(`</${name}>`);
    } else {
      if (!voidTags.has(name)) open.push(name);
      pieces.push(`<${name}${name === "table" ? ' class="dataframe"' : ""}${safeAttributes(attributes!)}>`);
    }
  }
  return open.length === 0 && pieces.length > 0 ? pieces.join("") : null;
}

function safeAttributes(attributes: string): string {
  const kept = [...attributes.matchAll(/([a-z-]+)="([^"]*)"/gi)].flatMap(([, name, value]) => {
    if (/^(?:col|row)span$/i.test(name) && /^\d{1,3}$/.test(value)) return [` ${name.toLowerCase()}="${value}"`];
    if (/^alt$/i.test(name)) return [` alt="${value}"`];
    // The page asks nobody for anything: only pictures that the table holds itself.
    if (/^src$/i.test(name) && /^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]+=*$/.test(value)) return [` src="${value}"`];
    const align = name.toLowerCase() === "style" ? /^text-align:\s*(left|right|center);?$/.exec(value) : null;
    return align ? [` style="text-align: ${align[1]}"`] : [];
  });
  return kept.join("");
}
