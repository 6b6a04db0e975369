import type { Layout, PlotData } from "plotly.js";
import { createRandom, permutation } from "../core/random.js";
import { ValueError } from "../core/errors.js";
import type { PictureQuality } from "../geometry/trustworthiness.js";
import { checkLabels } from "./curve.js";
import type { Figure } from "./figure.js";
import { applyTheme, coloursOf, inkColour, referenceColour, shapesOf } from "./theme.js";

export interface CloudPoint {
  readonly x: number;
  readonly y: number;
  /** Group: one colour and shape, one line of the legend. */
  readonly label: string;
  /** Shown when the pointer rests on the point. */
  readonly note?: string;
}

export interface CloudPoint3d extends CloudPoint {
  readonly z: number;
}

export interface CloudOptions {
  /** Words on the axes, such as "First principal axis". @defaultValue none, and no axes: only distances mean something */
  readonly axes?: readonly [string, string];
  /** @defaultValue none */
  readonly title?: string;
  /** How far the picture can be believed, for the subtitle. @defaultValue none */
  readonly quality?: PictureQuality;
  /** Points drawn at most; of more, a sample is drawn and the figure says so. @defaultValue 2000 */
  readonly limit?: number;
  /** Of the sample. @defaultValue 0 */
  readonly seed?: number;
  /** The groups, in the order of their colours. @defaultValue in order of first appearance */
  readonly order?: readonly string[];
}

/**
 * Draw points of a plane, told apart by the colour and the shape of their group, at one scale on both axes.
 *
 * @throws ValueError when there is no point or a coordinate is not finite.
 */
export function drawCloud(
  points: readonly CloudPoint[],
  { axes, title, quality, limit = 2000, seed = 0, order = [] }: CloudOptions = {},
): Figure {
  checkPoints("drawCloud", points);
  const labels = checkLabels([...new Set([...order, ...points.map(({ label }) => label)])]);
  const drawn = samplePoints(points, limit, seed);
  const sampled = drawn.length < points.length ? describeSample(drawn.length, points.length, seed) : [];
  const lines = [title ?? [], quality === undefined ? [] : describeQuality(quality), sampled].flat();
  const span = Math.max(spanOf(points.map(({ x }) => x)), spanOf(points.map(({ y }) => y))) || 1;
  const channel = (field: "x" | "y", words: string | undefined): unknown => {
    const values = points.map((point) => point[field]);
    const middle = (Math.min(...values) + Math.max(...values)) / 2;
    const domain = [middle - 0.53 * span, middle + 0.53 * span];
    return {
      field,
      type: "quantitative",
      scale: { domain, nice: false, zero: false },
      ...(words === undefined ? { axis: null } : { title: words }),
    };
  };
  const legend = { title: null, orient: "bottom", columns: 3, symbolSize: 70, symbolOpacity: 1 };
  const group = { field: "label", type: "nominal", legend };
  const heading = lines.length === 0 ? {} : { title: { text: lines[0], ...(lines.length > 1 ? { subtitle: lines.slice(1) } : {}) } };

  return applyTheme({
    width: 420,
    height: 420,
    ...heading,
    data: { name: "points", values: drawn },
    mark: { type: "point", filled: true, size: 22, opacity: 0.9, aria: false },
    encoding: {
      x: channel("x", axes?.[0]),
      y: channel("y", axes?.[1]),
      color: { ...group, scale: { domain: labels, range: coloursOf(labels) } },
      shape: { ...group, scale: { domain: labels, range: shapesOf(labels) } },
      tooltip: [
        { field: "label", type: "nominal", title: "Group" },
        ...(drawn.some(({ note }) => note !== undefined) ? [{ field: "note", type: "nominal", title: "Point" }] : []),
      ],
    },
  });
}

/** A 3-D figure in the form that nodeplotlib, and Plotly, take. The types are Plotly's: nodeplotlib's own are these, and load RxJS's too. */
export interface PlotlyFigure {
  readonly data: Partial<PlotData>[];
  readonly layout: Partial<Layout>;
}

/**
 * Draw points of space, told apart by the colour and the shape of their group, at one scale on all axes.
 *
 * @throws ValueError when there is no point or a coordinate is not finite.
 */
export function drawCloud3d(
  points: readonly CloudPoint3d[],
  { axes, title, quality, limit = 2000, seed = 0 }: Cloud3dOptions = {},
): PlotlyFigure {
  checkPoints("drawCloud3d", points);
  const labels = checkLabels([...new Set(points.map(({ label }) => label))]);
  const drawn = samplePoints(points, limit, seed);
  const stated = drawn.length < points.length ? ` (${describeSample(drawn.length, points.length, seed)})` : "";
  const colours = coloursOf(labels);
  const shapes = shapesOf(labels).map((shape) => solidShapes[shape]);
  const data = labels.map((label, i): Partial<PlotData> => {
    const group = drawn.filter((point) => point.label === label);
    return {
      type: "scatter3d",
      mode: "markers",
      name: label,
      x: group.map(({ x }) => x),
      y: group.map(({ y }) => y),
      z: group.map(({ z }) => z),
      text: group.map(({ note, label }) => note ?? label),
      hoverinfo: "text",
      marker: { size: 2.5, opacity: 0.9, color: colours[i], symbol: shapes[i] },
    };
  });
  const lines = { zeroline: false, gridcolor: referenceColour };
  const axis = (index: 0 | 1 | 2): object =>
    axes === undefined ? { title: { text: "" }, showticklabels: false, ...lines } : { title: { text: axes[index] }, ...lines };
  const layout: Partial<Layout> = {
    // Plotly 3, which JupyterLab draws with, takes no plain text for a title.
    title: { text: `${title ?? ""}${stated}${quality === undefined ? "" : `<br><sup>${describeQuality(quality)}</sup>`}` },
    paper_bgcolor: "rgba(0,0,0,0)",
    font: { color: inkColour },
    legend: { orientation: "h" },
    margin: { l: 0, r: 0, t: 40, b: 0 },
    // From the direction of the still picture, a little farther than Plotly's own 1.25, from where the words on the axes are cut off.
    scene: { aspectmode: "data", camera: { eye: { x: 1.65, y: 1.65, z: 1.65 } }, xaxis: axis(0), yaxis: axis(1), zaxis: axis(2) },
  };
  return { data, layout };
}

export interface Cloud3dOptions extends Omit<CloudOptions, "axes" | "order"> {
  /** Words on the axes. @defaultValue none */
  readonly axes?: readonly [string, string, string];
}

/** Plotly's names, or its likest ones, for the shapes of Vega; in space it has no triangle. */
const solidShapes: Readonly<Record<string, NonNullable<PlotData["marker"]["symbol"]>>> = {
  circle: "circle",
  square: "square",
  diamond: "diamond",
  cross: "cross",
  "triangle-up": "x",
  "triangle-down": "circle-open",
};

function checkPoints(caller: string, points: readonly (CloudPoint & { readonly z?: number })[]): void {
  if (points.length === 0) throw new ValueError(`${caller}: got no points; give at least one`);
  const index = points.findIndex(({ x, y, z = 0 }) => !Number.isFinite(x + y + z));
  if (index >= 0) throw new ValueError(`${caller}: point ${index} has a coordinate that is not finite; leave it out`);
}

/** In the order given, so that the same points are drawn in the same order. */
function samplePoints<T>(points: readonly T[], limit: number, seed: number): readonly T[] {
  if (points.length <= limit) return points;
  const chosen = permutation(points.length, createRandom(seed)).slice(0, limit).sort();
  return Array.from(chosen, (index) => points[index]);
}

const describeSample = (drawn: number, total: number, seed: number): string =>
  `${drawn.toLocaleString("en")} of ${total.toLocaleString("en")} points, drawn at random (seed ${seed})`;

const describeQuality = ({ trustworthiness, continuity, neighbours }: PictureQuality): string =>
  `Trustworthiness ${trustworthiness.toFixed(3)}, continuity ${continuity.toFixed(3)} of ${neighbours} neighbours`;

const spanOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
