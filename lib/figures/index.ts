export { bundleFigure, compileFigure, describeFigure, renderSvg, type FigureBundle, type VegaProgram } from "./bundle.js";
export {
  drawCloud,
  drawCloud3d,
  type Cloud3dOptions,
  type CloudOptions,
  type CloudPoint,
  type CloudPoint3d,
  type PlotlyFigure,
} from "./cloud.js";
export { turnCloud } from "./turning-cloud.js";
export { bundleCloud, describeCloud, type CloudBundle } from "./cloud-bundle.js";
export { drawCmc, type CmcCurve, type CmcOptions } from "./cmc.js";
export { drawDet, type ErrorCurve, type DetOptions } from "./det.js";
export { drawDots, type Dot, type DotsOptions } from "./dots.js";
export { drawDendrogram, type DendrogramOptions } from "./dendrogram.js";
export type { Figure } from "./figure.js";
export type { Mark } from "./marks.js";
export { metricTitle } from "./metric-title.js";
export { drawLines, type LineAxis, type LineCurve, type LinesOptions } from "./lines.js";
export { drawPairs, type PairRow, type PairsOptions } from "./pairs.js";
export { drawRoc, type RocCurve, type RocOptions } from "./roc.js";
export { drawScatter, type ScatterOptions, type ScatterPoint } from "./scatter.js";
