export { check } from "./check.js";
export { displayBundle, type DisplayOptions } from "./display.js";
export type {
  Cell,
  CellMetadata,
  CodeCell,
  DisplayOutput,
  ErrorOutput,
  MimeBundle,
  Notebook,
  Output,
  ResultOutput,
  StreamOutput,
  TextCell,
} from "./nbformat.js";
export { formatNotebook, parseNotebook, readNotebook, writeNotebook } from "./nbformat.js";
export { formatNumber, type NumberFormat } from "./number-format.js";
export { firstHeading, renderPage, type PageOptions } from "./page.js";
export type { PageLink } from "./page-frame.js";
export { drawThumbnail, renderIndex, type IndexEntry, type IndexOptions } from "./page-index.js";
export { progress, type NotebookProgressOptions } from "./progress.js";
export { showCloud } from "./show-cloud.js";
export { showFigure } from "./show-figure.js";
export { showImages, type CaptionedImage, type ImagesOptions } from "./show-images.js";
export { showMarkdown } from "./show-markdown.js";
export { formatTable, showTable, tableOf, type TableFrame, type TableOptions, type TableRows } from "./table.js";
