import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { drawCmc } from "../../lib/figures/index.js";
import { bundleFigure } from "../../lib/figures/bundle.js";
import { formatTable, parseNotebook, renderPage, type Notebook } from "../../lib/notebook/index.js";
import { safeTable } from "../../lib/notebook/safe-table.js";

const hostile = `<script>alert("x")</script><img src=x onerror=alert(1)>`;

const markdownCell = (source: string): object => ({ cell_type: "markdown", metadata: {}, source });
const codeCell = (source: string, ...outputs: readonly object[]): object => ({
  cell_type: "code",
  metadata: {},
  execution_count: 1,
  source,
  outputs,
});
const display = (data: object): object => ({ output_type: "display_data", data, metadata: {} });

async function everything(): Promise<Notebook> {
  const figure = drawCmc([{ label: "</script><script>alert(2)</script>", ranks: [1, 2], rates: [0.1, 0.2] }]);
  const cells = [
    markdownCell(
      `# Is it & "enough"?\n\n${hostile}\n\n![far](https://far.example/x.png) [next](02-next.ipynb#a) [doi](https://doi.org/10.1) [bad](javascript:alert(1))\n\n$W = U V^\\top$ costs $5 or $6\n\n$$\n\\|x\\|\n$$`,
    ),
    codeCell(`const text = "${hostile}";`, { output_type: "stream", name: "stdout", text: hostile }),
    codeCell("figure", display(await bundleFigure(figure))),
    codeCell("table", display(formatTable({ columns: ["a"], values: [[hostile]] }))),
    codeCell("html", display({ "text/html": `<table><tr><td>${hostile}</td></tr></table>`, "text/plain": "twin" })),
    codeCell("html", display({ "text/html": hostile })),
    codeCell("svg", display({ "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg">${hostile}</svg>` })),
    codeCell("png", display({ "image/png": '"><script>' , "text/plain": "no image" })), // prettier-ignore
    codeCell("markdown", display({ "text/markdown": `**bold** ${hostile}` })),
    codeCell("error", { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mE: v\u001b[0m", hostile] }),
  ];
  return parseNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
}

describe("a page of a notebook", () => {
  let page = "";
  /** The page without its own scripts and the figures' programs. */
  let shown = "";
  beforeAll(async () => {
    page = await renderPage(await everything());
    shown = page.replace(/<script( type="application\/json")?>[\s\S]*?<\/script>/g, "");
  });

  test("allows no more than the scripts that it holds, by their hashes", () => {
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)![1];
    const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, script]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
    );
    expect(hashes).toHaveLength(3);
    expect(policy).toBe(
      `default-src 'none'; script-src ${hashes.join(" ")}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<script"));
  });

  test("asks for nothing", () => {
    expect(shown).not.toMatch(/<(?:link|iframe|object|embed|base|form|video|audio|source)\b/i);
    expect([...shown.matchAll(/\s(?:src|srcset|poster|data)="([^"]*)"/g)].filter(([, url]) => !url.startsWith("data:"))).toEqual([]);
    expect(shown).not.toMatch(/@import|url\(/);
    expect(page).not.toContain("sourceMappingURL");
  });

  test("shows markup of prose, code and outputs as text", () => {
    expect(shown).not.toMatch(/<script|<img(?! alt="[^"]*" src="data:)/);
    expect(shown).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(page.match(/<script(?: type="application\/json")?>/g)).toHaveLength(4);
    expect(shown).toContain('<pre class="stdout">twin</pre>');
    expect(shown).toContain('<pre class="stdout">no image</pre>');
    expect(shown).not.toContain('href="javascript:');
  });

  test("holds a figure as image and as program", () => {
    const [, program] = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(page)!;
    expect(JSON.parse(program)).toMatchObject({ $schema: "https://vega.github.io/schema/vega/v5.json" });
    expect(shown).toMatch(/<img alt="figure: Rank × Probes identified" src="data:image\/svg\+xml;base64,/);
  });

  test("sets math as MathML and leaves prices alone", () => {
    expect(shown.match(/<math /g)).toHaveLength(2);
    expect(shown).toContain("costs $5 or $6");
  });

  test("leads from notebook to page", () => {
    expect(shown).toContain('<a href="02-next.html#a" rel="noopener noreferrer">next</a>');
    expect(shown).toContain('<h1 id="is-it-enough">');
    expect(shown).toContain("<title>Is it &amp; &quot;enough&quot;?</title>");
  });

  test("names files that are beside no page, and links to none of them", async () => {
    const cell = markdownCell(
      "See [the **card**](../data/README.md#use), [here](#a) and [that](https://doi.org/10.1), or ([docs/x.md](../docs/x.md)).",
    );
    const own = await renderPage(parseNotebook({ nbformat: 4, cells: [cell] }));
    expect(own).toContain('See the <strong>card</strong> (<code>data/README.md#use</code>), <a href="#a"');
    expect(own).toContain('<a href="https://doi.org/10.1" rel="noopener noreferrer">that</a>, or (docs/x.md).');
  });

  test("gives a screen reader the words of a figure, and no mark without words", () => {
    const [, program] = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(page)!;
    const { description, marks } = JSON.parse(program) as { description: string; marks: { type: string; marks?: object[] }[] };
    expect(description).toBe("figure: Rank × Probes identified");
    const leaves = (list: typeof marks): object[] =>
      list.flatMap((mark) => (mark.type === "group" ? leaves(mark.marks as typeof marks) : [mark]));
    expect(leaves(marks).length).toBeGreaterThan(1);
    for (const mark of leaves(marks)) expect(JSON.stringify(mark)).toMatch(/"aria":false|"description":/);
  });

  test("shows a traceback without the codes of a terminal", () => {
    expect(shown).toContain('<pre class="error">E: v\n&lt;script&gt;');
  });

  test("is the same bytes each time, and small", async () => {
    expect(await renderPage(await everything())).toBe(page);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });

  test("holds no script when it has no live figure", async () => {
    const plain = await renderPage(parseNotebook({ nbformat: 4, cells: [markdownCell("Hello.")] }), { title: "T" });
    expect(plain).not.toContain("<script");
    expect(plain).toContain("script-src 'none'");
    expect(plain).toContain("<title>T</title>");
  });
});

describe("HTML of a table", () => {
  test("keeps what a table needs", () => {
    const html =
      '<table border="1" class="x"><tr><th style="text-align: right">a &lt; b</th><td colspan="2" onclick="x()">1</td></tr></table>';
    expect(safeTable(html)).toBe(
      '<table class="dataframe"><tr><th style="text-align: right">a &lt; b</th><td colspan="2">1</td></tr></table>',
    );
  });

  test.each([
    "<p>no table</p>",
    "text",
    "",
    "<table><tr><td></table>",
    "<table></table></main>",
    "<table><tr><td><a href='x'>y</a></td></tr></table>",
    "<table><!-- x --></table>",
    "<table <b></table>",
    "<table></table>text",
    '<table><tr><td style="background: url(//x)">1</td>',
  ])("is refused when it is more, or less: %s", (html) => {
    expect(safeTable(html)).toBeNull();
  });
});
