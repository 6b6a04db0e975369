import { ValueError } from "../core/errors.js";
import { bandLayer, checkLabels, curvePoints, isBeyond, labelChannels } from "./curve.js";
import type { Figure } from "./figure.js";
import { markLayers, type Mark } from "./marks.js";
import { applyTheme, headingOf, plotSize } from "./theme.js";

/** A value against a setting, such as Rank-1 against the number of training pairs. */
export interface LineCurve {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Bounds of an interval around each y; drawn as a band when both are there. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

/** One axis. */
export interface LineAxis {
  readonly title: string;
  /** @defaultValue "linear" */
  readonly scale?: "linear" | "log";
  /** Of the ticks (d3-format). @defaultValue Vega's choice */
  readonly format?: string;
  /** Ends of the axis. @defaultValue where the data end */
  readonly domain?: readonly [number, number];
  /** Dashed grey lines across the plot, each with its name, such as chance or n = d. @defaultValue none */
  readonly marks?: readonly Mark[];
}

export interface LinesOptions {
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** @defaultValue none */
  readonly title?: string;
  /** What the bands are, such as "95 % intervals over people", for the subtitle. @defaultValue none */
  readonly intervals?: string;
}

interface AxisChannel {
  readonly scale: object;
  readonly [key: string]: unknown;
}

/**
 * Draw curves with a point at each measured value and a band where there is an interval.
 *
 * @throws ShapeError when a curve's lists disagree in length.
 * @throws ValueError when a value is not finite, or not above 0 on a logarithmic axis, or labels repeat.
 */
export function drawLines(curves: readonly LineCurve[], { x, y, title, intervals }: LinesOptions): Figure {
  const labels = checkLabels(curves.map(({ label }) => label));
  const points = curves.flatMap(({ label, x: xs, y: ys, low, high }) => curvePoints(label, xs, ys, { low, high }));
  const channels = labelChannels(labels);
  const xChannel = channel("x", x, points.map((point) => point.x)); // prettier-ignore
  const yChannel = channel("y", y, points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y])); // prettier-ignore
  // Uncut where it need not be: half of a line at 100 % lies above the plot.
  const clip = points.some((point) => isBeyond(point.x, x.domain) || isBeyond(point.y, y.domain));
  const tooltip = [
    { field: "label", type: "nominal", title: "Curve" },
    { field: "x", type: "quantitative", title: x.title, ...(x.format === undefined ? {} : { format: x.format }) },
    { field: "y", type: "quantitative", title: y.title, format: y.format === ".0%" ? ".2%" : ".4~g" },
  ];
  return applyTheme({
    ...plotSize,
    ...headingOf(title, intervals === undefined ? undefined : `Bands are ${intervals}`),
    data: { name: "curves", values: points },
    layer: [
      ...markLayers("x", x.marks, xChannel.scale),
      ...markLayers("y", y.marks, yChannel.scale),
      bandLayer({ x: xChannel, y: yChannel, color: channels.color }),
      {
        mark: { type: "line", strokeWidth: 2, clip, point: { size: 36, filled: true } },
        encoding: { x: xChannel, y: yChannel, ...channels, tooltip },
      },
    ],
  });
}

function channel(field: "x" | "y", { title, scale = "linear", format, domain }: LineAxis, values: readonly number[]): AxisChannel {
  if (scale === "log" && values.some((value) => !(value > 0))) {
    throw new ValueError(
      `drawLines: ${title} has a value of 0 or below; a logarithmic axis shows what is above it, so leave the point out`,
    );
  }
  const log = scale === "log";
  const own = log ? { nice: false, padding: 8 } : { zero: false };
  const axis = { ...(format === undefined ? {} : { format }), ...(log ? { grid: false } : {}) };
  return { field, type: "quantitative", title, axis, scale: { type: scale, ...(domain === undefined ? own : { domain, nice: false }) } };
}
