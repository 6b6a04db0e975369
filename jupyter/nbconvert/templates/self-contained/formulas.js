"use strict";
// A formula that KaTeX cannot read stays as it was written.
for (const text of document.querySelectorAll(".jp-RenderedMarkdown")) {
  renderMathInElement(text, {
    output: "mathml",
    throwOnError: false,
    strict: "ignore",
    delimiters: [
      { left: "$$", right: "$$", display: true },
      { left: "\\[", right: "\\]", display: true },
      { left: "$", right: "$", display: false },
      { left: "\\(", right: "\\)", display: false },
    ],
  });
}
