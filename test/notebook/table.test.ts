import { describe, expect, test, vi } from "vitest";
import { check, formatTable, showFigure, showMarkdown, showTable, tableOf } from "../../lib/notebook/index.js";
import { drawCmc } from "../../lib/figures/index.js";
import { formatNumber, type NumberFormat } from "../../lib/notebook/number-format.js";

const frame = {
  columns: ["map", "rank1", "train"],
  values: [
    ["<b>ridge</b>", 0.98765, 1200],
    ["native", null, 1200],
    ["zero-pad & co", 0.5, 12],
  ],
};

describe("a table", () => {
  test("escapes what its cells, columns and caption hold", () => {
    const html = formatTable({ columns: ['<i a="b">'], values: [["<script>alert('x')</script>"]] }, { caption: "a < b" })["text/html"];
    expect(html).toBe(
      [
        '<table class="dataframe">',
        "<caption>a &lt; b</caption>",
        '<thead><tr><th style="text-align: left">&lt;i a=&quot;b&quot;&gt;</th></tr></thead>',
        "<tbody>",
        '<tr><td style="text-align: left">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</td></tr>',
        "</tbody>",
        "</table>",
      ].join("\n"),
    );
  });

  test("has a text twin, numbers to the right and in the format of their column", () => {
    expect(formatTable(frame, { formats: { rank1: ".1%", train: ",d" } })["text/plain"]).toBe(
      [
        "map             rank1  train", // prettier-ignore
        "<b>ridge</b>   98.8 %  1,200",
        "native              –  1,200",
        "zero-pad & co  50.0 %     12",
      ].join("\n"),
    );
  });

  test("says how many rows it hides", () => {
    const { "text/html": html, "text/plain": text } = formatTable(frame, { limit: 1, columns: ["map"] });
    expect(text).toBe("map\n<b>ridge</b>\n2 more of 3 rows");
    expect(html).toContain('<tfoot><tr><td colspan="1">2 more of 3 rows</td></tr></tfoot>');
    expect(html).not.toContain("native");
  });

  test("shows four significant digits where no format is given", () => {
    expect(formatTable(frame, { columns: ["rank1"], limit: 1 })["text/plain"]).toBe(" rank1\n0.9877\n2 more of 3 rows");
  });

  test("refuses a column that does not exist, and no rows at all", async () => {
    expect(() => formatTable(frame, { formats: { rank2: "d" } })).toThrow(
      'formatTable: there is no column "rank2"; the table has map, rank1, train',
    );
    expect(() => formatTable(frame, { limit: 0 })).toThrow("formatTable: got limit 0; a table shows at least one row");
    await expect(tableOf([])).rejects.toThrow("tableOf: got no rows; a table needs at least one to know its columns");
  });

  test("is a danfo DataFrame of the rows", async () => {
    const table = await tableOf([
      { map: "ridge", rank1: 0.9 },
      { map: "native", rank1: 0.1 },
    ]);
    expect(table.columns).toEqual(["map", "rank1"]);
    expect(table.shape).toEqual([2, 2]);
    expect(formatTable(table, { limit: 1 })["text/plain"]).toBe("map    rank1\nridge    0.9\n1 more of 2 rows");
  });
});

test.each<[number, NumberFormat, string]>([
  [0.12345, ".3f", "0.123"],
  [0.12345, ".1%", "12.3 %"],
  [0.00012, ".1e", "1.2e-4"],
  [12.6, "d", "13"],
  [1234567, ",d", "1,234,567"],
])("%d in the format %s is %s", (value, format, text) => {
  expect(formatNumber(value, format)).toBe(text);
});

test("an unknown number format is refused", () => {
  expect(() => formatNumber(1, ".3x" as NumberFormat)).toThrow('formatNumber: got ".3x"; a format is .3f, .1%, .2e, d or ,d');
});

describe("outside a kernel", () => {
  const printed = async (show: () => unknown): Promise<string> => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      await show();
      return write.mock.calls.map(([text]) => String(text)).join("");
    } finally {
      write.mockRestore();
    }
  };

  test("figures, tables and prose are lines of text", async () => {
    expect(await printed(() => showFigure(drawCmc([{ label: "a", ranks: [1, 2], rates: [0.1, 0.2] }])))).toBe(
      "[figure: Rank × Probes identified]\n",
    );
    expect(await printed(() => showTable(frame, { columns: ["map"], limit: 1 }))).toBe("map\n<b>ridge</b>\n2 more of 3 rows\n");
    expect(await printed(() => { showMarkdown("**Rank 1** is 0.9."); })).toBe("**Rank 1** is 0.9.\n"); // prettier-ignore
  });

  test("a check prints what it claims", async () => {
    expect(await printed(() => { check("beats identity", true, "0.9 > 0.1"); })).toBe("✓ beats identity (0.9 > 0.1)\n"); // prettier-ignore
  });

  test("a check that fails prints and throws", async () => {
    const line = await printed(() => {
      expect(() => { check("beats identity", false); }).toThrow("check: this does not hold: beats identity; read the cells above before the notebook's numbers"); // prettier-ignore
    });
    expect(line).toBe("✗ beats identity\n");
  });
});
