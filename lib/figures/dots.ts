import { ValueError } from "../core/errors.js";
import type { Figure } from "./figure.js";
import { applyTheme, coloursOf, plotSize, referenceColour } from "./theme.js";

/** A value with its interval, such as a map's mean Rank-1. */
export interface Dot {
  /** What the row of the figure is called. */
  readonly label: string;
  /** What its colour stands for; dots of one label stand side by side. */
  readonly group: string;
  readonly value: number;
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface DotsOptions {
  /** What the values are, for the axis. */
  readonly title: string;
  /** Of the axis (d3-format). @defaultValue ".0%" */
  readonly format?: string;
  /** Ends of the axis. @defaultValue where the data end */
  readonly domain?: readonly [number, number];
  /** A dashed line with its name, such as chance. @defaultValue none */
  readonly mark?: { readonly at: number; readonly label: string };
}

const rowHeight = 16;

/**
 * Draw values with their intervals, a row for each label and group.
 *
 * @throws ValueError when there is none, one is there twice, or a number is not finite.
 */
export function drawDots(dots: readonly Dot[], { title, format = ".0%", domain, mark }: DotsOptions): Figure {
  if (dots.length === 0) throw new ValueError("drawDots: got no values; give at least one");
  const seen = new Set<string>();
  for (const { label, group, value, low, high } of dots) {
    const key = JSON.stringify([label, group]);
    if (seen.has(key)) throw new ValueError(`drawDots: ${label}, ${group} is there twice; give each once`);
    seen.add(key);
    const bad = [value, low ?? value, high ?? value].find((number) => !Number.isFinite(number));
    if (bad !== undefined) throw new ValueError(`drawDots: ${label}, ${group} holds ${bad}; every number must be finite, so leave it out`);
  }
  const labels = [...new Set(dots.map(({ label }) => label))];
  const groups = [...new Set(dots.map(({ group }) => group))];
  const x = {
    field: "value",
    type: "quantitative",
    title,
    axis: { format },
    scale: domain === undefined ? { zero: false } : { domain, nice: false, clamp: true },
  };
  const y = { field: "label", type: "nominal", title: null, sort: labels, axis: { labelLimit: 0, grid: false, ticks: false } };
  const yOffset = { field: "group", type: "nominal", sort: groups, scale: { paddingOuter: 0.6 } };
  const legend = groups.length === 1 ? null : { title: null, orient: "bottom", columns: 3, labelLimit: 240 };
  const color = {
    field: "group",
    type: "nominal",
    sort: groups,
    scale: { domain: groups, range: coloursOf(groups) },
    legend,
  };
  const fine = format.endsWith("%") ? ".1%" : ".4~g";
  const tooltip = [
    { field: "label", type: "nominal", title: " " },
    ...(groups.length === 1 ? [] : [{ field: "group", type: "nominal", title: "  " }]),
    { field: "value", type: "quantitative", title, format: fine },
    { field: "low", type: "quantitative", title: "95 % from", format: fine },
    { field: "high", type: "quantitative", title: "to", format: fine },
  ];
  const line = mark === undefined ? [] : [mark];
  return applyTheme({
    width: plotSize.width,
    height: Math.max(80, labels.length * (groups.length * rowHeight + 8)),
    data: { name: "dots", values: dots },
    layer: [
      ...line.flatMap(({ at, label }) => [
        {
          data: { values: [{ at }] },
          mark: { type: "rule", color: referenceColour, strokeDash: [3, 3] },
          encoding: { x: { field: "at", type: "quantitative", scale: x.scale } },
        },
        {
          data: { values: [{ at, label }] },
          mark: { type: "text", color: referenceColour, fontSize: 11, align: "left", baseline: "bottom", dx: 2, dy: -2 },
          encoding: { x: { field: "at", type: "quantitative", scale: x.scale }, y: { value: 0 }, text: { field: "label" } },
        },
      ]),
      {
        transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, yOffset, color },
      },
      { mark: { type: "point", filled: true, size: 60, opacity: 1 }, encoding: { x, y, yOffset, color, tooltip } },
    ],
  });
}
