import type { Figure } from "../figures/figure.js";
import { displayBundle, isInKernel } from "./display.js";

/**
 * Show a figure in the cell that runs: live in JupyterLab, as SVG where nothing runs, as a line of text elsewhere.
 *
 * Outside a kernel nothing is drawn; the line of text is written.
 */
export async function showFigure(figure: Figure): Promise<void> {
  const { bundleFigure, describeFigure } = await import("../figures/bundle.js");
  displayBundle(isInKernel() ? await bundleFigure(figure) : { "text/plain": describeFigure(figure) });
}
