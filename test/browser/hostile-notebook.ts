import { formatNotebook, parseNotebook } from "../../lib/notebook/nbformat.js";

/** HTML that would run, ask or lead away if a page let it. Each script says so in the title. */
const hostile = `# Hostile <script>document.title = "ran";</script>

<img src="http://example.org/a.png" onerror="document.title = 'ran'"> <meta http-equiv="refresh" content="0;url=http://example.org/">
<a href="javascript:document.title='ran'">here</a> <style>body { background: url(http://example.org/b.png); }</style>
<iframe src="http://example.org/c.html"></iframe> <p title="kept">A paragraph.</p>
`;

/** A notebook whose cells and outputs hold {@link hostile} HTML, beside a formula. */
export const hostileNotebook: string = formatNotebook(
  parseNotebook({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "typescript" } },
    cells: [
      { cell_type: "markdown", id: "a", metadata: {}, source: `${hostile}\n$x^2$` },
      {
        cell_type: "code",
        id: "b",
        metadata: {},
        source: "show();",
        execution_count: 1,
        outputs: [
          { output_type: "display_data", data: { "text/html": hostile }, metadata: {} },
          { output_type: "display_data", data: { "text/markdown": hostile }, metadata: {} },
          { output_type: "display_data", data: { "application/javascript": 'document.title = "ran";' }, metadata: {} },
          { output_type: "stream", name: "stdout", text: '<script>document.title = "ran";</script>\n' },
        ],
      },
    ],
  }),
);
