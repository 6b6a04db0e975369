import type MarkdownIt from "markdown-it";
import { escapeHtml, scrollingTable } from "./html.js";

/** Markdown of a notebook to HTML that asks for nothing: raw HTML is shown as text, math is MathML. */
export interface MarkdownRenderer {
  render(markdown: string): string;
  /** TypeScript with its words in spans. */
  highlight(code: string): string;
}

/** markdown-it, KaTeX and highlight.js are loaded on the first call. */
export async function createMarkdownRenderer(): Promise<MarkdownRenderer> {
  const [{ default: Markdown }, { default: katex }, { default: highlighter }, { default: typescript }] = await Promise.all([
    import("markdown-it"),
    import("katex"),
    import("highlight.js/lib/core"),
    import("highlight.js/lib/languages/typescript"),
  ]);
  highlighter.registerLanguage("typescript", typescript);
  const highlight = (code: string): string => highlighter.highlight(code, { language: "typescript" }).value;
  const markdown = new Markdown({
    html: false,
    typographer: false,
    highlight: (code, language) => (/^(?:ts|typescript|js|javascript)$/.test(language) ? highlight(code) : ""),
  });
  const formula = (tex: string, displayMode: boolean): string =>
    katex.renderToString(tex, { output: "mathml", displayMode, throwOnError: false, trust: false, strict: "ignore" });
  addMath(markdown, formula);
  addSafeLinks(markdown);
  addHeadingIds(markdown);
  const [tableStart, tableEnd] = scrollingTable("<table>\0</table>\n").split("\0");
  markdown.renderer.rules.table_open = () => tableStart;
  markdown.renderer.rules.table_close = () => tableEnd;
  return { highlight, render: (text) => markdown.render(text) };
}

function addMath(markdown: MarkdownIt, formula: (tex: string, displayMode: boolean) => string): void {
  markdown.block.ruler.before(
    "paragraph",
    "math",
    (state, first, last, silent) => {
      const start = state.bMarks[first] + state.tShift[first];
      if (!state.src.startsWith("$$", start)) return false;
      let line = first;
      let text = state.src.slice(start + 2, state.eMarks[line]);
      while (!/\$\$\s*$/.test(text)) {
        line++;
        if (line >= last) return false;
        text += `\n${state.src.slice(state.bMarks[line], state.eMarks[line])}`;
      }
      if (silent) return true;
      const token = state.push("math_block", "", 0);
      token.content = text.replace(/\$\$\s*$/, "").trim();
      token.map = [first, line + 1];
      state.line = line + 1;
      return true;
    },
    { alt: ["paragraph", "list", "blockquote"] },
  );
  markdown.inline.ruler.before("escape", "math", (state, silent) => {
    // A dollar is no formula when a space follows, or a digit follows its closing dollar: prices stay prices.
    const found = /^(\$\$?)(?!\s)((?:\\.|[^\\$])+?)(?<!\s)\1(?!\d)/.exec(state.src.slice(state.pos));
    if (!found) return false;
    if (!silent) {
      const token = state.push(found[1] === "$$" ? "math_block" : "math_inline", "", 0);
      token.content = found[2]!;
    }
    state.pos += found[0].length;
    return true;
  });
  markdown.renderer.rules.math_inline = (tokens, index) => formula(tokens[index].content, false);
  markdown.renderer.rules.math_block = (tokens, index) => formula(tokens[index].content, true);
}

function addSafeLinks(markdown: MarkdownIt): void {
  markdown.renderer.rules.image = (tokens, index) => {
    const token = tokens[index];
    const source = token.attrGet("src") ?? "";
    const alt = escapeHtml(token.content);
    return /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,/.test(source)
      ? `<img src="${escapeHtml(source)}" alt="${alt}">`
      : `[${alt}]`;
  };
  markdown.renderer.rules.link_open = (tokens, index, options, _environment, renderer) => {
    const token = tokens[index];
    const target = token.attrGet("href") ?? "";
    const isLocal = !/^(?:[a-z][a-z+.-]*:|#)/i.test(target);
    const isNotebook = isLocal && /\.ipynb(?=$|#)/.test(target);
    if (isLocal && !isNotebook) {
      // A file of the project that is beside no page is named, and not linked to.
      const close = tokens.findIndex(({ type }, i) => i > index && type === "link_close");
      const name = target.replace(/^(?:\.\.?\/)+/, "");
      const isNamed = tokens[index + 1].content === name && close === index + 2;
      tokens[close].content = isNamed ? "" : ` (<code>${escapeHtml(name)}</code>)`;
      tokens[close].hidden = true;
      return "";
    }
    token.attrSet("href", isNotebook ? target.replace(/\.ipynb(?=$|#)/, ".html") : target);
    token.attrSet("rel", "noopener noreferrer");
    return renderer.renderToken(tokens, index, options);
  };
  markdown.renderer.rules.link_close = (tokens, index) => {
    const { content, hidden } = tokens[index];
    return hidden ? content : "</a>";
  };
}

function addHeadingIds(markdown: MarkdownIt): void {
  markdown.renderer.rules.heading_open = (tokens, index, options, _environment, renderer) => {
    const slug = tokens[index + 1].content.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, ""); // prettier-ignore
    if (slug !== "") tokens[index].attrSet("id", slug);
    return renderer.renderToken(tokens, index, options);
  };
}
