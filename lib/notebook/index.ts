export { check } from "./check.js";
export { displayBundle, isInKernel, type DisplayOptions } from "./display.js";
export type { Cell, CodeCell, MimeBundle, Notebook, Output, TextCell } from "./nbformat.js";
export { formatNotebook, parseNotebook, readNotebook, writeNotebook } from "./nbformat.js";
export { formatNumber, type NumberFormat } from "./number-format.js";
export { renderPage, type PageOptions } from "./page.js";
export { showFigure } from "./show-figure.js";
export { showMarkdown } from "./show-markdown.js";
export { formatTable, showTable, tableOf, type TableFrame, type TableOptions, type TableRows } from "./table.js";
