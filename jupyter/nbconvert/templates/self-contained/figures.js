"use strict";
// Draws each figure from the specification beside it. Vega interprets the expressions, so that the page need not allow code
// from strings; a figure that fails keeps its image.
for (const figure of document.querySelectorAll(".facebridge-figure")) {
  const image = figure.querySelector(":scope > img");
  const container = figure.querySelector(".drawn");
  const draw = async () => {
    const program = vegaLite.compile(JSON.parse(figure.querySelector("script").textContent)).spec;
    const runtime = vega.parse(program, null, { ast: true });
    await new vega.View(runtime, { expr: vega.expressionInterpreter, renderer: "svg", container, hover: true }).runAsync();
  };
  draw().then(
    () => image?.remove(),
    () => container.remove(),
  );
}
