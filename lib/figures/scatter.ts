import { ValueError } from "../core/errors.js";
import { isBeyond } from "./curve.js";
import type { Figure } from "./figure.js";
import type { LineAxis } from "./lines.js";
import { markLayers } from "./marks.js";
import { applyTheme, coloursOf, plotSize, shapesOf } from "./theme.js";

/** One thing with two values, such as a network with its identity separation and how well others align to it. */
export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** What its colour stands for. */
  readonly group: string;
}

export interface ScatterOptions {
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** Print each point's label beside it. @defaultValue false */
  readonly named?: boolean;
  /** @defaultValue none */
  readonly title?: string;
}

/**
 * Draw things by two of their values.
 *
 * @throws ValueError when there is none, or a value is not finite, or not above 0 on a logarithmic axis.
 */
export function drawScatter(points: readonly ScatterPoint[], { x, y, named = false, title }: ScatterOptions): Figure {
  if (points.length === 0) throw new ValueError("drawScatter: got no points; give at least one");
  for (const point of points) {
    for (const [axis, value] of [
      [x, point.x],
      [y, point.y],
    ] as const) {
      if (Number.isFinite(value) && (axis.scale !== "log" || value > 0)) continue;
      throw new ValueError(
        `drawScatter: ${axis.title} of ${point.label} is ${value}; it must be finite, and above 0 on a logarithmic axis`,
      );
    }
  }
  const groups = [...new Set(points.map(({ group }) => group))];
  const channel = (field: "x" | "y", { title: name, scale = "linear", format, domain }: LineAxis) => ({
    field,
    type: "quantitative",
    title: name,
    axis: format === undefined ? {} : { format },
    scale: {
      type: scale,
      ...(domain === undefined ? { ...(scale === "log" ? {} : { zero: false }), padding: 12 } : { domain, nice: false }),
    },
  });
  const scale = { domain: groups, range: coloursOf(groups) };
  const legend = groups.length === 1 ? null : { title: null, orient: "bottom", columns: 3, labelLimit: 240 };
  const color = { field: "group", type: "nominal", scale, legend };
  const shape = { field: "group", type: "nominal", scale: { domain: groups, range: shapesOf(groups) }, legend };
  const tooltip = [
    { field: "label", type: "nominal", title: " " },
    ...(groups.length === 1 ? [] : [{ field: "group", type: "nominal", title: "  " }]),
    { field: "x", type: "quantitative", title: x.title, format: x.format?.endsWith("%") ? ".1%" : ".4~g" },
    { field: "y", type: "quantitative", title: y.title, format: y.format?.endsWith("%") ? ".1%" : ".4~g" },
  ];
  const place = { x: channel("x", x), y: channel("y", y) };
  const clip = points.some((point) => isBeyond(point.x, x.domain) || isBeyond(point.y, y.domain));
  const names = {
    mark: { type: "text", align: "left", dx: 8, fontSize: 10 },
    encoding: { ...place, text: { field: "label" }, color },
  };
  return applyTheme({
    ...plotSize,
    ...(title === undefined ? {} : { title }),
    data: { name: "points", values: points },
    layer: [
      ...markLayers("x", x.marks, place.x.scale),
      ...markLayers("y", y.marks, place.y.scale),
      { mark: { type: "point", filled: true, size: 55, opacity: 0.85, clip }, encoding: { ...place, color, shape, tooltip } },
      ...(named ? [names] : []),
    ],
  });
}
