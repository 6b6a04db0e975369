import { beforeAll, describe, expect, test } from "vitest";
import { runNotebook } from "../../lib/kernel/index.js";
import type { DisplayOutput, Notebook } from "../../lib/notebook/nbformat.js";
import { renderPage } from "../../lib/notebook/page.js";
import { notebookOf, outputsOf } from "./notebooks.js";

const source = notebookOf(
  'import { progress, showCloud, showImages } from "facebridge/notebook";\nconst pixels = { width: 2, height: 1, data: new Uint8Array([255, 0, 0, 0, 0, 255]) };',
  'const bar = progress(40, { label: "pairs", unit: "maps" });\nfor (let i = 1; i <= 40; i++) { await new Promise((r) => setTimeout(r, 10)); bar.update(i); }\nbar.end();',
  'await showImages([{ image: pixels, caption: "a <b>" }, { image: pixels, caption: "two" }], { limit: 1 });',
  'await showCloud([{ x: 0, y: 0, z: 0, label: "source", note: "Ann" }, { x: 1, y: 2, z: 3, label: "target" }], { title: "Clouds" });',
);

describe("in a cell", () => {
  let notebook: Notebook;
  beforeAll(async () => {
    ({ notebook } = await runNotebook(source));
  }, 120_000);
  const only = (id: string): DisplayOutput["data"] => {
    const outputs = outputsOf(notebook, id);
    expect(outputs).toHaveLength(1);
    return (outputs[0] as DisplayOutput).data;
  };

  test("a progress bar is one display that ends as the count alone", () => {
    expect(only("c1")).toEqual({ "text/plain": "pairs: 40/40 maps" });
  });

  test("pictures are a table that says what it hides, with the captions as text", async () => {
    const data = only("c2");
    expect(data["text/plain"]).toBe("[1 images]\na <b>\n1 more of 2 images");
    expect(data["text/html"]).toMatch(/<img alt="a &lt;b&gt;" src="data:image\/png;base64,[A-Za-z0-9+/=]+"><br>a &lt;b&gt;<\/td>/);
    expect(await renderPage(notebook)).toContain('<img alt="a &lt;b&gt;" src="data:image/png;base64,');
  });

  test("a cloud is a Plotly figure with a picture beside it", async () => {
    const data = only("c3");
    expect(Object.keys(data).sort()).toEqual(["application/vnd.plotly.v1+json", "image/png", "text/plain"]);
    expect(data["text/plain"]).toBe("[figure: 2 points in space, source, target]");
    const { data: traces } = data["application/vnd.plotly.v1+json"] as { data: object[] };
    expect(traces).toMatchObject([
      { type: "scatter3d", name: "source", x: [0], text: ["Ann"] },
      { type: "scatter3d", name: "target", x: [1], y: [2], z: [3] },
    ]);
    expect(
      Buffer.from(data["image/png"] as string, "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(await renderPage(notebook)).toContain('<img alt="figure: 2 points in space, source, target" src="data:image/png;base64,');
  });
});
